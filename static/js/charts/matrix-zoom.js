// A nearer view: by buttons, by the keys + − 0, with Ctrl and the wheel, with two fingers; dragged when it is near.
import { isReversed, plot, shown, whole } from "./matrix-plane.js";

const STEP = 1.5;
const NEAREST = 12;

function around([low, high], [least, most], centre, factor) {
  const size = Math.min((high - low) / factor, most - least);
  const share = (centre - low) / (high - low);
  const start = Math.min(Math.max(centre - share * size, least), most - size);
  return [start, start + size];
}

function isWhole(part, all) {
  return part[1] - part[0] > (all[1] - all[0]) * 0.999;
}

/** The point of the plane under a pixel. */
function under(view, left, top) {
  const area = plot(view);
  const { x: [x1, x2], y: [y1, y2] } = shown(view);
  const share = (left - area.left) / area.width;
  return { x: x1 + (isReversed(view) ? 1 - share : share) * (x2 - x1), y: y2 - ((top - area.top) / area.height) * (y2 - y1) };
}

export function zoom(view, factor, at = null) {
  const [all, part] = [whole(view), shown(view)];
  const centre = at ?? { x: (part.x[0] + part.x[1]) / 2, y: (part.y[0] + part.y[1]) / 2 };
  const most = (all.x[1] - all.x[0]) / (part.x[1] - part.x[0]);
  const allowed = Math.min(factor, NEAREST / most);
  const next = { x: around(part.x, all.x, centre.x, allowed), y: around(part.y, all.y, centre.y, allowed) };
  view.state.window = isWhole(next.x, all.x) ? null : next;
  view.redraw();
}

export function back(view) {
  view.state.window = null;
  view.redraw();
}

function move(view, from, dx, dy) {
  const [all, area] = [whole(view), plot(view)];
  const wide = from.x[1] - from.x[0];
  const tall = from.y[1] - from.y[0];
  const across = (isReversed(view) ? dx : -dx) * (wide / area.width);
  const clamp = (start, size, [least, most]) => Math.min(Math.max(start, least), most - size);
  const x = clamp(from.x[0] + across, wide, all.x);
  const y = clamp(from.y[0] + dy * (tall / area.height), tall, all.y);
  view.state.window = { x: [x, x + wide], y: [y, y + tall] };
  view.redraw();
}

function offset(element, { clientX, clientY }) {
  const { left, top } = element.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

function onWheel(view, event) {
  if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
  event.preventDefault();
  zoom(view, event.deltaY < 0 ? 1.2 : 1 / 1.2, under(view, ...offset(view.element, event)));
}

function connectFingers(view) {
  const { element } = view;
  const fingers = new Map();
  let start = null;
  const distance = () => {
    const [a, b] = [...fingers.values()];
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  };
  const begin = () => {
    start = { window: view.state.window && { ...view.state.window }, apart: fingers.size === 2 ? distance() : 0, at: [...fingers.values()][0], moved: false };
  };
  element.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, offset(element, event));
    begin();
  });
  element.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId) || !start) return;
    fingers.set(event.pointerId, offset(element, event));
    const [[left, top]] = fingers.values();
    if (fingers.size === 2 && start.apart > 0) {
      const factor = distance() / start.apart;
      if (Math.abs(factor - 1) < 0.08) return;
      zoom(view, factor, under(view, left, top));
      begin();
    } else if (start.window && Math.hypot(left - start.at[0], top - start.at[1]) > 4) {
      view.state.dragged = true;
      move(view, start.window, left - start.at[0], top - start.at[1]);
    }
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    element.addEventListener(name, (event) => {
      fingers.delete(event.pointerId);
      if (fingers.size > 0) begin();
      else start = null;
      setTimeout(() => (view.state.dragged = false));
    });
  }
}

export function connectZoom(view) {
  view.element.addEventListener("wheel", (event) => onWheel(view, event), { passive: false });
  connectFingers(view);
}

/** Keys of the chart: + and − and 0. Whether one was meant. */
export function zoomKey(view, key, at) {
  if (key === "+" || key === "=") zoom(view, STEP, at);
  else if (key === "-") zoom(view, 1 / STEP, at);
  else if (key === "0") back(view);
  else return false;
  return true;
}

export { STEP };
