// What is chosen in the matrix stays in the address, in its links and among its filters: back and bookmarks work.
const KEPT = ["view", "show", "account", "run", "weights"];

const DRAWN = ["view", "show", "account"]; // the others ask for other figures
let here = loaded();

function loaded() {
  const query = new URLSearchParams(location.search);
  for (const name of DRAWN) query.delete(name);
  return query.toString();
}

export function asked() {
  const query = new URLSearchParams(location.search);
  return Object.fromEntries(KEPT.map((name) => [name, query.get(name) ?? ""]));
}

/** A new step, for Back to return from; `replace` keeps to the step there is, and so does more of the same `stretch`. */
export function remember(values, replace = false, stretch = null) {
  const goesOn = stretch !== null && history.state?.stretch === stretch;
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%40", "@");
  const state = replace ? history.state : { stretch };
  history[replace || goesOn ? "replaceState" : "pushState"](state, "", text ? `?${text}` : location.pathname);
  here = loaded();
  for (const name of KEPT) {
    const field = document.querySelector(`.filter-bar input[type=hidden][name=${name}]`);
    if (field) field.value = query.get(name) ?? "";
  }
}

/** Whether the address names accounts, a run or weights other than those that the page shows. */
export function isElsewhere() {
  return loaded() !== here;
}

/** Links of the page that change filters were written before the choices of now: they take them along. */
export function carry(event) {
  const link = event.target.closest?.("a[href^='?']");
  if (!link) return;
  const query = new URLSearchParams(link.getAttribute("href"));
  for (const [name, value] of Object.entries(asked())) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  link.href = `?${query}`;
}

/** The address of something the page asks for: with its filters and run. */
export function beside(path, more = {}) {
  const query = new URLSearchParams(location.search);
  for (const name of KEPT) if (name !== "run") query.delete(name);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
