// The colours of the theme in force, read from the stylesheet, and the settings every chart shares.
const NAMES = [
  "surface", "ink", "ink-quiet", "line", "line-strong", "accent", "loss", "loss-ink", "neutral", "profit", "profit-ink",
  "strategic", "strategic-ink", "star", "star-ink", "status", "status-ink", "streamline", "streamline-ink",
  "series-1", "series-2", "series-3", "series-4",
];
const SMALL = 11;

/**
 * {ink: "rgb(…)", inkQuiet: …}: probe elements turn var() and light-dark() into colours that SVG understands. One for
 * each, all before any is read, so that the browser works out styles once.
 */
export function colours() {
  const probes = NAMES.map((name) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    return probe;
  });
  const place = document.createElement("span");
  place.append(...probes);
  document.body.append(place);
  const camel = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  const found = Object.fromEntries(NAMES.map((name, index) => [camel(name), getComputedStyle(probes[index]).color]));
  place.remove();
  return found;
}

export function shared(look) {
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: look.ink, fontSize: SMALL },
    tooltip: {
      renderMode: "richText", // the HTML tooltip writes inline styles, which the content security policy refuses
      confine: true,
      transitionDuration: 0,
      backgroundColor: look.surface,
      borderColor: look.lineStrong,
      borderWidth: 1,
      borderRadius: 4,
      padding: [8, 12],
      shadowBlur: 0,
      shadowOffsetX: 0,
      shadowOffsetY: 0,
      shadowColor: "transparent",
      textStyle: { color: look.ink, fontSize: 12 },
    },
  };
}

export function axis(look, settings) {
  return {
    axisLine: { show: true, lineStyle: { color: look.lineStrong } },
    axisTick: { show: false },
    axisLabel: { color: look.inkQuiet, fontSize: SMALL, hideOverlap: true },
    splitLine: { show: false },
    nameTextStyle: { color: look.inkQuiet, fontSize: SMALL },
    ...settings,
  };
}

export function gridLines(look) {
  return { show: true, lineStyle: { color: look.line } };
}

export function grid(left, right, top, bottom) {
  return { left, right, top, bottom, outerBoundsMode: "none" };
}

export function legend(look, names) {
  return { data: names, top: 0, left: 0, itemWidth: 12, itemHeight: 10, itemGap: 16, textStyle: { color: look.inkQuiet, fontSize: SMALL }, selectedMode: false };
}

function channels(colour) {
  return colour.match(/[\d.]+/g).slice(0, 3).map(Number);
}

function mix(from, to, share) {
  const [start, end] = [channels(from), channels(to)];
  return `rgb(${start.map((value, place) => Math.round(value + (end[place] - value) * share)).join(",")})`;
}

/** Loss – neutral – profit; the square root keeps small amounts tellable from zero. */
export function diverging(look, amount, largest) {
  const share = Math.sqrt(Math.min(Math.abs(amount) / (largest || 1), 1));
  return mix(look.neutral, amount < 0 ? look.loss : look.profit, share);
}

export function faint(colour, share) {
  return `rgba(${channels(colour).join(",")},${share})`;
}
