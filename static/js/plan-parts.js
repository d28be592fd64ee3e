// What the portal computes of a plan's sections follows what is typed: sums, dates of sections, the timeline. A line that
// goes to another group moves there, unless somebody is typing in that section.
const WAIT = 300;
const TIMELINE = { objectives: ["text", "from_on", "until_on", "measure", "target"], actions: ["text", "start_on", "due_on", "state"], investments: ["text", "from_on", "until_on"], purpose: ["from_on", "until_on"] };
const waiting = new Map();
let timer = null;

/** A field of that form was kept: what hangs on it is fetched in a moment. */
export function refreshSoon(form, field) {
  const kind = form.elements.section.value;
  const section = document.getElementById(kind);
  const moved = Boolean(section?.dataset.group) && section.dataset.group === field;
  if (kind !== "purpose") waiting.set(kind, moved || waiting.get(kind));
  if (TIMELINE[kind]?.includes(field)) waiting.set("timeline", true);
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT);
}

/** The whole section kind changed: a line came or went. */
export function refreshKind(kind) {
  if (!waiting.has(kind)) waiting.set(kind, false);
  if (TIMELINE[kind]) waiting.set("timeline", true);
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT);
}

async function refresh() {
  const parts = [...waiting];
  waiting.clear();
  for (const [name, whole] of parts) {
    const address = `${document.getElementById("plan").dataset.plan}?part=${name}`;
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) show(name, await answer.text(), whole);
  }
}

function show(name, html, whole) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  const stands = document.getElementById(name);
  if (!fresh || !stands) return;
  if (name === "timeline") keepOpen(stands, fresh);
  else if (whole && !busy(stands)) replace(stands, fresh);
  else update(stands, fresh);
  window.htmx?.process(document.getElementById(name));
}

function keepOpen(stands, fresh) {
  const details = fresh.querySelector("details");
  if (details) details.open = Boolean(stands.querySelector("details")?.open);
  stands.replaceWith(fresh);
}

const busy = (stands) => Boolean(stands.querySelector('[data-conflict], [data-state="refused"], [data-state="conflict"], [data-state="saving"]'));

function replace(stands, fresh) {
  const hand = stands.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...stands.querySelectorAll("[data-plan-entry]:has(details[open])")].map((line) => line.id);
  stands.replaceWith(fresh);
  for (const id of open) document.querySelector(`#${CSS.escape(id)} details`)?.setAttribute("open", "");
  fresh.dispatchEvent(new CustomEvent("plan:fresh", { bubbles: true }));
  if (hand) document.getElementById(hand)?.focus();
}

function update(stands, fresh) {
  for (const part of ["[data-sums]", "[data-fresh]"]) {
    const [old, now] = [stands.querySelector(part), fresh.querySelector(part)];
    if (old && now) old.innerHTML = now.innerHTML;
  }
}
