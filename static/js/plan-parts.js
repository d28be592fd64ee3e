// What the portal computes of a plan follows what is typed: sums, dates and numbers of sections, the state of the plan, the
// timeline. A line that goes to another group moves there, unless somebody is typing in that section.
const WAIT = 300;
const TIMELINE = { objectives: ["text", "from_on", "until_on", "measure", "target"], actions: ["text", "start_on", "due_on", "state"], investments: ["text", "from_on", "until_on"], purpose: ["from_on", "until_on"] };
const waiting = new Map();
let timer = null;

/** A field of that form was kept: what hangs on it is fetched in a moment. */
export function refreshSoon(form, field) {
  const kind = form.elements.section.value;
  const section = document.getElementById(kind);
  const moved = Boolean(section?.dataset.group) && section.dataset.group === field;
  waiting.set(kind, moved || waiting.get(kind));
  if (TIMELINE[kind]?.includes(field)) waiting.set("timeline", true);
  soon();
}

/** The whole section kind changed: a line came or went. */
export function refreshKind(kind) {
  if (!waiting.has(kind)) waiting.set(kind, false);
  if (TIMELINE[kind]) waiting.set("timeline", true);
  count(kind);
  soon();
}

function soon() {
  waiting.set("state", false);
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT);
}

/** How many lines the section has, at its name above. */
function count(kind) {
  const name = document.querySelector(`.plan-nav a[href="#${kind}"]`);
  const lines = document.querySelectorAll(`#${kind} [data-plan-entry]`).length;
  if (!name) return;
  name.querySelector(".hint")?.remove();
  name.textContent = name.textContent.trim();
  if (!lines) return;
  const shown = document.createElement("span");
  [shown.className, shown.textContent] = ["hint", lines];
  name.append(" ", shown);
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
  else if (name === "state") isBeingUsed(stands) || keepOpen(stands, fresh);
  else if (whole && !busy(stands)) replace(stands, fresh);
  else update(stands, fresh);
  window.htmx?.process(document.getElementById(name));
}

function keepOpen(stands, fresh) {
  const details = fresh.querySelector("details");
  if (details) details.open = Boolean(stands.querySelector("details")?.open);
  stands.replaceWith(fresh);
}

const isBeingUsed = (stands) => stands.contains(document.activeElement) || [...stands.querySelectorAll("textarea")].some((area) => area.value !== area.defaultValue);

const busy = (stands) => Boolean(stands.querySelector('[data-conflict], [data-state="refused"], [data-state="conflict"], [data-state="saving"]'));

function replace(stands, fresh) {
  const hand = stands.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...stands.querySelectorAll("[data-plan-entry]:has(details[open])")].map((line) => line.id);
  const unfolded = [...stands.querySelectorAll("[data-plan-entry].is-open")].map((line) => line.id);
  stands.replaceWith(fresh);
  for (const id of open) document.querySelector(`#${CSS.escape(id)} details`)?.setAttribute("open", "");
  for (const id of unfolded) document.querySelector(`#${CSS.escape(id)} [data-fold]`)?.click();
  fresh.dispatchEvent(new CustomEvent("plan:fresh", { bubbles: true }));
  if (hand) document.getElementById(hand)?.focus();
}

function update(stands, fresh) {
  for (const part of ["[data-sums]", "[data-fresh]"]) {
    const [old, now] = [stands.querySelector(part), fresh.querySelector(part)];
    if (old && now) old.innerHTML = now.innerHTML;
  }
  const [names, lines] = [fresh.querySelector(".entry-heads"), stands.querySelector("[data-entries]")];
  if (names && !stands.querySelector(".entry-heads")) lines.before(names); // the first line of a table
}
