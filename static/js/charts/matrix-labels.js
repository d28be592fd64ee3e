// Names only where one fits beside its bubble: on no other bubble, name or corner. The nearer the view, the more.
const LABELS = 15;
const CANDIDATES = 80;
const DOT = 4; // a smaller bubble may lie under a name, whose halo keeps it readable
const LINE = 14;
const GAP = 3;
const SIDES = ["right", "left", "top", "bottom"];
const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();

function measure(text) {
  if (!widths.has(text)) {
    pen.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    widths.set(text, pen.measureText(text).width);
  }
  return widths.get(text);
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

function inside(box, area) {
  return box.left >= area.left && box.right <= area.left + area.width && box.top >= area.top && box.bottom <= area.top + area.height;
}

/** Place in `spots` → side on which its name goes. `order`: places, the first to be named first; `taken`: kept free. */
export function labelled(spots, area, { order, taken, nearness = 1, chosen = -1 }) {
  const free = [...taken];
  const bubbles = spots.filter(({ x, y, radius }) => radius >= DOT && x > area.left - radius && x < area.left + area.width + radius && y > area.top - radius);
  const isFree = (box) => inside(box, area) && !free.some((other) => overlap(box, other)) && !bubbles.some((spot) => touches(box, spot));
  const sides = new Map();
  const most = Math.round(LABELS * nearness);
  for (const place of order.slice(0, Math.round(CANDIDATES * nearness ** 2))) {
    const side = SIDES.find((name) => isFree(rectangle(spots[place], name))) ?? (place === chosen ? "right" : undefined);
    if (!side) continue;
    sides.set(place, side);
    free.push(rectangle(spots[place], side));
    if (sides.size >= most) break;
  }
  return sides;
}
