// One account in the matrix as the server sends it: which place of the list means what.
export const [
  CODE, NAME, RELATIONSHIP, ATTRACTIVENESS, REVENUE, CONTRIBUTION, BOX, PROVISIONAL, BEFORE_X, BEFORE_Y, URL,
  FIRMNESS, STAGE, STAGE_BUYER, POTENTIAL, PROGRAMME, ACROSS,
] = Array(17).keys();

/** Where it stands across, 0…10: its strength, unless that is compared with the best competitor's. */
export function across(row) {
  return row[ACROSS] ?? row[RELATIONSHIP];
}

/** Small ones on top of large ones, so that each can be reached. */
export function ordered(data) {
  return [...data.points].sort((a, b) => b[REVENUE] - a[REVENUE]);
}

/** In which order names are given: the chosen one, key accounts, then the largest. */
export function namedFirst(rows, chosen) {
  const rank = (row) => (row[CODE] === chosen ? 0 : row[PROGRAMME] ? 1 : 2);
  return rows.map((row, place) => place).sort((a, b) => rank(rows[a]) - rank(rows[b]) || a - b);
}
