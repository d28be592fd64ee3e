// Changes a contact chart by hand: a contact dropped on another one reports to it, dropped on a band it has that level;
// one of us dropped on a contact, or the other way round, becomes its counterpart. Alt with ↑ or ↓ moves a level. What is
// to change goes into the form that data-drops names, which is sent like any other.
const LEVELS = [1, 5];
let held = null;

function chartOf(target) {
  return target.closest?.("[data-contact-chart][data-drops]");
}

document.addEventListener("dragstart", (event) => {
  const card = chartOf(event.target) && event.target.closest?.("[data-person], [data-colleague]");
  if (!card) return;
  held = card;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.id);
  card.classList.add("is-held");
});

document.addEventListener("dragover", (event) => {
  const aim = held && aimOf(event.target);
  mark(aim);
  if (!aim) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
});

document.addEventListener("drop", (event) => {
  const aim = held && aimOf(event.target);
  if (!aim) return;
  event.preventDefault();
  send(chartOf(aim), change(held, aim));
});

document.addEventListener("dragend", () => {
  held?.classList.remove("is-held");
  held = null;
  mark(null);
});

/** What the held card may be dropped on: a contact, one of us, or, for a contact, a level. */
function aimOf(target) {
  const aim = chartOf(target) && target.closest("[data-person], [data-colleague], [data-level]");
  if (!aim || aim === held) return null;
  const isOurs = "colleague" in held.dataset;
  if (isOurs) return "person" in aim.dataset ? aim : null;
  if (aim.matches(".theirs")) return aim.dataset.level === held.dataset.level ? null : aim;
  return aim;
}

function mark(aim) {
  for (const each of document.querySelectorAll(".is-aim")) if (each !== aim) each.classList.remove("is-aim");
  aim?.classList.add("is-aim");
}

function change(card, aim) {
  if ("colleague" in card.dataset) return pair(aim, card);
  if ("colleague" in aim.dataset) return pair(card, aim);
  if ("person" in aim.dataset) return field(card, "reports_to", card.dataset.boss, aim.dataset.person);
  return field(card, "level", card.dataset.level, aim.dataset.level);
}

function pair(person, ours) {
  return { do: "pair", contact: person.dataset.person, user: ours.dataset.colleague, kind: "sales" };
}

function field(card, name, before, value) {
  const { person: contact, revision } = card.dataset;
  return { do: "set", contact, revision, field: name, before, value };
}

function send(chart, values) {
  const form = document.getElementById(chart.dataset.drops);
  for (const input of form.querySelectorAll("input")) {
    if (input.name in values) input.value = values[input.name];
    else if (!["shown", "csrfmiddlewaretoken"].includes(input.name)) input.value = "";
  }
  form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const card = step && event.altKey && chartOf(event.target) && event.target.closest("[data-person]");
  if (!card) return;
  event.preventDefault();
  const level = Number(card.dataset.level || (step > 0 ? 0 : 6)) + step;
  if (level >= LEVELS[0] && level <= LEVELS[1]) send(chartOf(card), field(card, "level", card.dataset.level, String(level)));
});
