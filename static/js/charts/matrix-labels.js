// Names for the largest bubbles only, each where it covers neither another name nor a large bubble nor a corner.
const LABELS = 15;
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

function square({ x, y, radius }) {
  const reach = radius * 0.85;
  return { left: x - reach, right: x + reach, top: y - reach, bottom: y + reach };
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
  const taken = [...corners(area), ...spots.slice(0, 2 * LABELS).map(square)];
  const sides = new Map();
  spots.slice(0, LABELS).forEach((spot, place) => {
    const others = taken.filter((_, index) => index !== place + 4); // its own bubble is no obstacle
    const side = SIDES.find((name) => {
      const box = rectangle(spot, name);
      return inside(box, area) && !others.some((other) => overlap(box, other));
    });
    if (!side) return;
    sides.set(place, side);
    taken.push(rectangle(spot, side));
  });
  return sides;
}
