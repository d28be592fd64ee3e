// Loads charts.js only when the page, or a part that htmx brings, has a chart.
import { forFresh } from "./fresh.js";

function load() {
  const script = document.createElement("script");
  script.src = document.documentElement.dataset.charts;
  document.head.append(script);
}

let asked = false;
forFresh((root) => {
  if (asked || !(root.querySelector?.("div[data-chart]") ?? root.matches?.("div[data-chart]"))) return;
  asked = true;
  load();
});
