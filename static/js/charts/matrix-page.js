// The matrix on its own page: what is chosen, switched on, nearer, in another run, or weighed otherwise.
import { asked, beside, carry, isElsewhere, remember } from "./matrix-address.js";
import { towards, under } from "./matrix-nearest.js";
import { CODE, ordered } from "./matrix-point.js";
import { saveAs } from "./matrix-save.js";
import { connectTime } from "./matrix-time.js";
import { connectWeights } from "./matrix-weights.js";
import { STEP, back, connectZoom, zoom, zoomKey } from "./matrix-zoom.js";

const REACH = { mouse: 4, pen: 10, touch: 22 }; // pixels beside a bubble that still mean it
const LOWEST = 380; // pixels
const BELOW = 8;
const wide = matchMedia("(min-width: 1200px)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Reads the choices before the first drawing. */
function begin(view) {
  const { view: mode, show, account } = asked();
  Object.assign(view.state, { mode, account, show: new Set(show.split(",").filter(Boolean)) });
}

async function fetchTrails(view) {
  if (view.state.trails) return;
  const earlier = view.data.trail.filter((run) => run !== view.data.run);
  const found = await Promise.all(earlier.map(async (run) => (await fetch(beside(view.data.addresses.places, { run }))).json()));
  const trails = new Map();
  for (const { places } of found) for (const [code, place] of Object.entries(places)) trails.set(code, [...(trails.get(code) ?? []), place]);
  view.state.trails = trails;
}

async function fetchViews(view) {
  view.state.seen ??= (await (await fetch(beside(view.data.addresses.views))).json()).seen;
}

/** What a kind of mark needs that the page has not sent. */
async function complete(view) {
  const { show } = view.state;
  await Promise.all([show.has("trail") && fetchTrails(view), (show.has("views") || show.has("spread")) && fetchViews(view)]);
  view.redraw();
}

/** The buttons say what is switched on. */
function tellSwitches({ state }, page) {
  page.dataset.mode = state.mode || "boxes";
  for (const button of page.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(state.show.has(button.dataset.show)));
  for (const button of page.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(page.dataset.mode === button.dataset.view));
}

function toggle(view, name) {
  if (!view.state.show.delete(name)) view.state.show.add(name);
  remember({ show: [...view.state.show].join(",") }, true);
  complete(view);
}

function turn(view, mode) {
  if (mode === (view.state.mode || "boxes")) return;
  Object.assign(view.state, { mode, window: null });
  remember({ view: mode === "boxes" ? "" : mode });
  view.redraw();
}

function connectSwitches(view, page) {
  tellSwitches(view, page);
  page.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-show], [data-view]");
    if (!button) return;
    if (button.dataset.show) toggle(view, button.dataset.show);
    else turn(view, button.dataset.view);
    tellSwitches(view, page);
  });
}

function connectButtons(view, page) {
  const acts = { nearer: () => zoom(view, STEP), further: () => zoom(view, 1 / STEP), whole: () => back(view) };
  for (const [name, act] of Object.entries(acts)) page.querySelector(`[data-zoom=${name}]`)?.addEventListener("click", act);
  for (const button of document.querySelectorAll("[data-save]")) button.addEventListener("click", () => saveAs(view, button.dataset.save));
}

/** The keyboard goes on from this account. */
function focusPoint({ element, data }, code) {
  const links = [...(element.closest(".chart-figure")?.querySelectorAll(".chart-points > *") ?? [])];
  const link = links[ordered(data).findIndex((row) => row[CODE] === code)];
  if (!link) return;
  for (const each of links) each.tabIndex = each === link ? 0 : -1;
  link.focus({ preventScroll: true });
}

/** One account chosen: drawn with all its marks, told in the panel beside. */
class Chosen {
  constructor(view, page) {
    Object.assign(this, { view, page, panel: page.querySelector("#matrix-account") });
    this.panel.addEventListener("click", (event) => event.target.closest("[data-close]") && this.leave());
    page.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !view.state.account) return;
      const { account } = view.state;
      this.leave();
      focusPoint(view, account);
    });
    page.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-account]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.choose(link.dataset.account);
    });
  }

  async choose(code, isNew = true) {
    const { view, panel } = this;
    view.state.account = code;
    view.state.chosenMore = null;
    if (isNew) remember({ account: code });
    view.redraw();
    const answer = await fetch(beside(view.data.addresses.account.replace("CODE", encodeURIComponent(code))));
    if (view.state.account !== code) return;
    if (!answer.ok) return this.leave(isNew);
    panel.innerHTML = await answer.text();
    window.htmx?.process(panel);
    panel.hidden = false;
    panel.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
    panel.scrollIntoView({ block: "nearest" });
    view.state.chosenMore = JSON.parse(panel.querySelector("#matrix-drawn").textContent);
    this.trail(view.state.chosenMore);
    view.redraw();
  }

  trail({ code, trail }) {
    const { view } = this;
    view.state.trails ??= new Map();
    view.state.trails.set(code, trail.filter(([run]) => run !== view.data.run).map(([, , ...place]) => place));
    if (!view.state.show.has("trail")) view.state.trailsOfOne = true;
  }

  leave(isNew = true) {
    const { view, panel } = this;
    Object.assign(view.state, { account: "", chosenMore: null });
    panel.hidden = true;
    panel.replaceChildren();
    if (isNew) remember({ account: "" });
    view.redraw();
  }
}

function connectHand(view, chosen) {
  let kind = "mouse";
  view.element.addEventListener("pointerdown", (event) => (kind = event.pointerType), { capture: true });
  view.chart.getZr().on("click", ({ offsetX, offsetY }) => {
    if (view.state.dragged) return;
    const place = under(view.state.spots, offsetX, offsetY, REACH[kind] ?? 4);
    if (place !== null) {
      const code = view.state.rows[place][CODE];
      chosen.choose(code);
      focusPoint(view, code);
    } else if (view.state.account) chosen.leave();
  });
}

/** Another run has come: the bubbles travel to where they stood. */
function arrive(view, chosen, weights, data) {
  Object.assign(view, { data });
  Object.assign(view.state, { trails: null, seen: null, chosenMore: null, weighed: null, movement: undefined });
  weights?.panel && (weights.panel.hidden = true);
  remember({ weights: "" }, true);
  if (calm.matches) view.redraw();
  else travel(view);
  view.relist();
  if (view.state.account) chosen.choose(view.state.account, false);
  complete(view);
}

function travel(view) {
  view.state.travels = true;
  view.redraw();
  view.state.travels = false;
  setTimeout(view.redraw, 200);
}

/** Back and forward among chosen accounts draws anew; to another run or other filters the page is loaded. */
function connectBack(view, page, chosen) {
  addEventListener("popstate", () => {
    if (isElsewhere()) return location.reload();
    const { mode } = view.state;
    begin(view);
    if ((view.state.mode || "boxes") !== (mode || "boxes")) view.state.window = null;
    tellSwitches(view, page);
    if (view.state.account) chosen.choose(view.state.account, false);
    else chosen.leave(false);
    complete(view);
  });
}

/** The picture ends where the window does, so that its axis and the runs are seen without scrolling. */
function fit({ element }, page) {
  const main = page.querySelector(".matrix-main");
  const table = main.querySelector(".chart-table");
  if (!wide.matches || table?.open) return element.style.removeProperty("height");
  const top = element.getBoundingClientRect().top + scrollY;
  const under = main.getBoundingClientRect().bottom - element.getBoundingClientRect().bottom;
  element.style.height = `${Math.max(LOWEST, Math.floor(innerHeight - top - under - BELOW))}px`;
}

function connectFit(view, page) {
  const now = () => fit(view, page);
  addEventListener("resize", now);
  new ResizeObserver(now).observe(page.querySelector(".matrix-tools"));
  now();
}

export function prepare(view) {
  if (view.page) begin(view);
}

/** Before the first drawing, which a later change of its height would make again. */
export function size(view) {
  if (view.page) fit(view, view.page);
}

export function connect(view, follow) {
  const { page } = view;
  if (!page) return view.chart.on("click", (event) => follow(event.data?.url));
  const chosen = new Chosen(view, page);
  view.chosen = chosen;
  connectSwitches(view, page);
  connectButtons(view, page);
  connectHand(view, chosen);
  connectFit(view, page);
  connectZoom(view);
  const weights = connectWeights(view, page, asked().weights);
  connectTime(view, page, (data) => arrive(view, chosen, weights, data));
  document.addEventListener("click", carry, { capture: true });
  connectBack(view, page, chosen);
  if (view.state.account) chosen.choose(view.state.account, false);
  if (view.state.show.size > 0) complete(view);
}

/** How high a picture of that width is on landscape paper with the lines above it. */
export function onPaper(width) {
  return Math.round(width * 0.68);
}

/** The keyboard: arrows lead to the nearest bubble, Enter chooses it, + and − come nearer. */
export function keys(view) {
  if (!view.page) return undefined;
  return {
    next: (key, place) => (view.state.weighed ? null : towards(view.state.spots, place, key)),
    choose: (place) => view.chosen.choose(ordered(view.data)[place][CODE]),
    other: (key) => zoomKey(view, key),
  };
}
