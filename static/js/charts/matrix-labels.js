// Names for large bubbles only, and only where one fits beside its bubble: on no other bubble, name or corner.
const LABELS = 15;
const CANDIDATES = 80;
const DOT = 4; // a smaller bubble may lie under a name, whose halo keeps it readable
const LINE = 14;
const GAP = 3;
const SIDES = ["right", "left", "top", "bottom"];
const pen = document.createElement("canvas").getContext("2d");

function measure(text) {
  pen.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

function rectangle({ x, y, radius, text }, side) {
  const width = measure(text);
  const [left, top] = {
    right: [x + radius + GAP, y - LINE / 2],
    left: [x - radius - GAP - width, y - LINE / 2],
    top: [x - width / 2, y - radius - GAP - LINE],
    bottom: [x - width / 2, y + radius + GAP],
  }[side];
  return { left, top, right: left + width, bottom: top + LINE };
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function touches(box, { x, y, radius }) {
  const across = Math.max(box.left - x, 0, x - box.right);
  const down = Math.max(box.top - y, 0, y - box.bottom);
  return Math.hypot(across, down) < radius;
}

function corners({ left, top, width, height, corners: tall }) {
  const wide = Math.min(width * 0.42, 230);
  const [right, bottom] = [left + width, top + height];
  return [
    { left, right: left + wide, top, bottom: top + tall },
    { left: right - wide, right, top, bottom: top + tall },
    { left, right: left + wide, top: bottom - tall, bottom },
    { left: right - wide, right, top: bottom - tall, bottom },
  ];
}

function inside(box, area) {
  return box.left >= area.left && box.right <= area.left + area.width && box.top >= area.top && box.bottom <= area.top + area.height;
}

/** Place in `spots` (largest first) → side on which its name goes. */
export function labelled(spots, area) {
  const taken = corners(area);
  const bubbles = spots.filter(({ radius }) => radius >= DOT);
  const isFree = (box) => inside(box, area) && !taken.some((other) => overlap(box, other)) && !bubbles.some((spot) => touches(box, spot));
  const sides = new Map();
  for (const [place, spot] of spots.slice(0, CANDIDATES).entries()) {
    const side = SIDES.find((name) => isFree(rectangle(spot, name)));
    if (!side) continue;
    sides.set(place, side);
    taken.push(rectangle(spot, side));
    if (sides.size === LABELS) break;
  }
  return sides;
}
