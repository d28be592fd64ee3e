// Beside a workshop's grid [data-strip] tells of the cell in focus: what scores mean, and what is said of it.
const SOON = 70; // ms: who runs along the cells asks for the last one only
let timer;
let asked;

async function fill(grid, input) {
  asked?.abort();
  asked = new AbortController();
  const url = new URL(grid.dataset.stripUrl, location.href);
  const [account, ...criterion] = input.dataset.scoreCell.split(":");
  url.searchParams.set("account", account);
  url.searchParams.set("criterion", criterion.join(":"));
  try {
    const answer = await fetch(url, { signal: asked.signal });
    if (answer.ok && !answer.redirected) document.querySelector("[data-strip]").innerHTML = await answer.text();
  } catch {
    // The cell was left, or there is no connection: the strip stays as it is.
  }
}

export function fillStrip(grid, input) {
  clearTimeout(timer);
  timer = setTimeout(() => fill(grid, input), SOON);
}
