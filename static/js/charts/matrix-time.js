// The slider of runs: the page of another run is fetched, the bubbles travel, and what is told of them follows.
import { month } from "./format.js";
import { asked, remember } from "./matrix-address.js";

const FOLLOWING = ["h1", ".run-line", "#matrix-boxes", "#matrix-list", "#matrix-summary", "#matrix-note"];
const PATIENCE = 120; // ms without a move before a run is fetched

async function fetched(run, signal) {
  const query = new URLSearchParams(location.search);
  query.set("run", run);
  const answer = await fetch(`${location.pathname}?${query}`, { signal, headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function follow(page) {
  document.title = page.title;
  for (const selector of FOLLOWING) {
    const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
    if (!old || !fresh) continue;
    old.replaceWith(document.adoptNode(fresh));
    window.htmx?.process(fresh);
    fresh.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
  }
}

export function connectTime(view, page, arrived) {
  const slider = page.querySelector("#matrix-run");
  if (!slider) return;
  const steps = view.data.timeline;
  const output = page.querySelector("[data-month]");
  let waiting = 0;
  let running = null;
  const tell = () => {
    const text = month(steps[slider.value][1], "numeric");
    slider.setAttribute("aria-valuetext", text);
    output.textContent = text;
  };
  const go = async () => {
    const [run] = steps[slider.value];
    running?.abort();
    running = new AbortController();
    try {
      const fresh = await fetched(run, running.signal);
      const source = fresh.getElementById("matrix-data");
      if (!source) return location.assign(`?${new URLSearchParams({ ...asked(), run })}`);
      follow(fresh);
      remember({ run: String(run) }, false, "runs");
      arrived(JSON.parse(source.textContent));
    } catch (error) {
      if (error.name !== "AbortError") location.assign(`?run=${run}`);
    }
  };
  slider.addEventListener("input", () => {
    tell();
    clearTimeout(waiting);
    waiting = setTimeout(go, PATIENCE);
  });
  tell();
}
