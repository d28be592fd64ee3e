// Keyboard and screen reader access: a hidden list of links, one a point. Tab enters, arrows move, Enter opens.
// A chart with `keys` leads elsewhere by arrows ({next(key, place)}), and chooses instead of opening ({choose(place)}).
import { word } from "../words.js";

function entry({ text, url }, place) {
  const element = document.createElement(url ? "a" : "span");
  if (url) element.href = url;
  else element.role = "img"; // a point without a page still has its words
  if (!url) element.setAttribute("aria-label", text);
  element.tabIndex = place === 0 ? 0 : -1;
  element.textContent = text;
  return element;
}

function moved(key, place, length) {
  const places = { ArrowRight: place + 1, ArrowDown: place + 1, ArrowLeft: place - 1, ArrowUp: place - 1, Home: 0, End: length - 1, PageDown: place + 10, PageUp: place - 10 };
  return key in places ? Math.max(0, Math.min(places[key], length - 1)) : null;
}

export function connectPoints(figure, chart, points, keys = undefined) {
  figure.querySelector(".chart-points")?.remove();
  if (points.length === 0) return;
  const list = document.createElement("div");
  list.className = "chart-points";
  list.role = "group";
  list.setAttribute("aria-label", word("points"));
  list.append(...points.map(entry));
  const links = [...list.children];

  list.addEventListener("focusin", ({ target }) => {
    const { action } = points[links.indexOf(target)];
    chart.dispatchAction({ type: "downplay" });
    chart.dispatchAction({ type: "highlight", ...action });
    chart.dispatchAction({ type: "showTip", ...action });
  });
  list.addEventListener("focusout", () => {
    chart.dispatchAction({ type: "downplay" });
    chart.dispatchAction({ type: "hideTip" });
  });
  list.addEventListener("keydown", (event) => {
    const from = links.indexOf(event.target);
    const place = keys?.next(event.key, from) ?? moved(event.key, from, links.length);
    if (place === null) {
      if (keys?.other(event.key)) event.preventDefault();
      return;
    }
    event.preventDefault();
    event.target.tabIndex = -1;
    links[place].tabIndex = 0;
    links[place].focus({ preventScroll: true });
  });
  if (keys) {
    list.addEventListener("click", (event) => {
      event.preventDefault();
      keys.choose(links.indexOf(event.target));
    });
  }
  figure.append(list);
}
