// Accounts weighed with other weights, by the rules of the server's core: a score is the weighted mean over the criteria
// that are scored, there is a box from 60 % of the weight of both axes on, and a score on the cut is high.
import { ATTRACTIVENESS, BOX, CODE, FIRMNESS, PROVISIONAL, RELATIONSHIP, ACROSS, BEFORE_X, BEFORE_Y } from "./matrix-point.js";

const BOXES = { "true,true": "strategic", "false,true": "status", "true,false": "star", "false,false": "streamline" };
const NEAR = 1e-9; // sums of decimals are not exact
export const WHOLE = 10_000; // weights are hundredths, together 100

function mean(weights, scores) {
  let [sum, covered] = [0, 0];
  for (const [place, weight] of weights.entries()) {
    if (scores[place] === null || scores[place] === undefined) continue;
    sum += weight * scores[place];
    covered += weight;
  }
  return { score: covered ? sum / covered : null, covered: covered / weights.reduce((total, weight) => total + weight, 0) };
}

function relative(ours, weights, rivals, { enough, cuts }) {
  if (cuts.ratio === null || !rivals || ours.score === null) return null;
  const theirs = mean(weights, rivals);
  if (!theirs.score || theirs.covered < enough - NEAR) return null;
  return { ratio: ours.score / theirs.score, covered: Math.min(ours.covered, theirs.covered) };
}

/** Box, whether provisional, and both scores of one account: [scores up, scores across, own weights, competitor]. */
export function weigh([ups, acrosses, own, rivals], { up, across }, found) {
  const weights = own ?? across;
  const attractive = mean(up, ups);
  const strong = mean(weights, acrosses);
  const compared = relative(strong, weights, rivals, found);
  const covered = Math.min(attractive.covered, compared?.covered ?? strong.covered);
  const along = compared ? Math.min((compared.ratio / found.cuts.ratio) * 5, 10) : placed(strong.score, found.cuts);
  if (attractive.score === null || strong.score === null || covered < found.enough - NEAR) return { box: "", provisional: false };
  const isStrong = compared ? compared.ratio >= found.cuts.ratio - NEAR : strong.score >= found.cuts.relationship - NEAR;
  const box = BOXES[[attractive.score >= found.cuts.attractiveness - NEAR, isStrong]];
  return { box, provisional: covered < 1 - NEAR, up: attractive.score, strength: strong.score, along };
}

function placed(strength, cuts) {
  return cuts.ratio === null || strength === null ? strength : Math.min((strength / cuts.relationship) * 5, 10);
}

/** One weight (in hundredths) set, the others in proportion, so that all make 100. */
export function rescaled(weights, place, value) {
  const rest = WHOLE - value;
  const others = weights.reduce((sum, weight, each) => (each === place ? sum : sum + weight), 0);
  const exact = weights.map((weight, each) => (each === place ? value : others ? (weight * rest) / others : rest / (weights.length - 1)));
  const found = exact.map(Math.floor);
  const byRemainder = exact.map((part, each) => each).filter((each) => each !== place).sort((a, b) => exact[b] - found[b] - (exact[a] - found[a]));
  for (let missing = WHOLE - found.reduce((sum, weight) => sum + weight, 0); missing > 0; missing -= 1) {
    found[byRemainder[(missing - 1) % byRemainder.length]] += 1;
  }
  return found;
}

/** The points as they would be; an account that moves comes from where it is now. */
export function reweighed(points, found, now, tried) {
  const rows = [];
  const moves = [];
  for (const point of points) {
    const scores = found.accounts[point[CODE]];
    if (!scores) continue;
    const before = weigh(scores, now.weights, { ...found, cuts: now.cuts });
    const after = weigh(scores, tried.weights, { ...found, cuts: tried.cuts });
    if (before.box !== after.box) moves.push({ code: point[CODE], from: before.box, to: after.box });
    if (!after.box) continue;
    rows.push(moved(point, after, before));
  }
  return { rows, moves };
}

function moved(point, after, before) {
  const row = [...point];
  [row[RELATIONSHIP], row[ACROSS], row[ATTRACTIVENESS]] = [after.strength, after.along, after.up];
  [row[BEFORE_X], row[BEFORE_Y]] = before.box && before.box !== after.box ? [before.along, before.up] : [null, null];
  row[PROVISIONAL] = Number(after.provisional);
  if (before.box !== after.box) row[FIRMNESS] = "unknown";
  row[BOX] = after.box;
  return row;
}
