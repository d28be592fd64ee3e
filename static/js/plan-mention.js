// textarea[data-mention]: after an @ the names of those who may see the plan; arrows choose, Enter or Tab takes one.
const MOST = 6;
let list = null;
let place = 0;

const people = () => JSON.parse(document.getElementById("mention-people")?.textContent ?? "[]");

/** What stands between the last @ and the caret, if it may become a name. */
function begun(area) {
  const before = area.value.slice(0, area.selectionStart);
  return /(?:^|\s)@([^@\n]{0,40})$/.exec(before)?.[1];
}

function close() {
  list?.remove();
  list = null;
}

function options(area) {
  const typed = begun(area);
  if (typed === undefined) return [];
  return people().filter((name) => name.toLowerCase().startsWith(typed.toLowerCase()) && name !== typed).slice(0, MOST);
}

function mark() {
  [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
}

function show(area) {
  close();
  const names = options(area);
  if (!names.length) return;
  list = document.createElement("div");
  list.className = "mention-list";
  list.id = "mention-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "@");
  for (const name of names) {
    const option = document.createElement("div");
    option.setAttribute("role", "option");
    option.textContent = name;
    option.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(area, name);
    });
    list.append(option);
  }
  place = 0;
  mark();
  area.after(list);
  document.getElementById("announcer").textContent = names.join(", ");
}

function take(area, name) {
  const typed = begun(area) ?? "";
  const at = area.selectionStart - typed.length;
  area.setRangeText(`${name} `, at, area.selectionStart, "end");
  close();
}

document.addEventListener("input", ({ target }) => target.matches?.("textarea[data-mention]") && show(target));
document.addEventListener("focusout", ({ target }) => target.matches?.("textarea[data-mention]") && close());
document.addEventListener("keydown", (event) => {
  if (!list || !event.target.matches?.("textarea[data-mention]")) return;
  const count = list.children.length;
  if (event.key === "ArrowDown") place = (place + 1) % count;
  else if (event.key === "ArrowUp") place = (place - 1 + count) % count;
  else if (event.key === "Escape") close();
  else if (event.key === "Enter" || event.key === "Tab") take(event.target, list.children[place].textContent);
  else return;
  event.preventDefault();
  if (list) mark();
});

// How many are open stands at each link that opens them.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const said = detail.target.querySelector?.("[data-comments-of]");
  if (!said) return;
  const link = document.querySelector(`#plan [data-comments][href="${CSS.escape(said.dataset.commentsOf)}"]`);
  if (!link) return;
  link.querySelector("[data-count]").textContent = Number(said.dataset.open) || "";
  link.classList.toggle("has-comments", Number(said.dataset.open) > 0);
});
