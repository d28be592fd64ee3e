// From one bubble to the next: the one under the hand, and the nearest in the direction of an arrow key.
const DIRECTIONS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ASIDE = 2; // what is aside counts that much further away

/** The smallest bubble under a point; else the nearest within reach. null where there is none. */
export function under(spots, left, top, reach) {
  let best = null;
  for (const [place, { x, y, radius }] of spots.entries()) {
    const away = Math.hypot(x - left, y - top) - radius;
    if (away > reach) continue;
    const order = away <= 0 ? [0, radius] : [1, away];
    if (!best || order[0] < best.order[0] || (order[0] === best.order[0] && order[1] < best.order[1])) best = { place, order };
  }
  return best?.place ?? null;
}

/** The bubble that an arrow key leads to; the same one where there is none further on. */
export function towards(spots, from, key) {
  const direction = DIRECTIONS[key];
  if (!direction) return null;
  const { x, y } = spots[from];
  let best = from;
  let least = Infinity;
  for (const [place, spot] of spots.entries()) {
    if (place === from || spot.x < 0) continue;
    const [dx, dy] = [spot.x - x, spot.y - y];
    const along = dx * direction[0] + dy * direction[1];
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    if (along <= 0 || aside > along * 2) continue;
    const cost = along + ASIDE * aside;
    if (cost < least) [best, least] = [place, cost];
  }
  return best;
}
