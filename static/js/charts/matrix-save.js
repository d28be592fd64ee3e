// The chart as a file, drawn for light paper with what it shows in words: SVG as it is, PNG at twice its size.
import { captioned } from "./matrix-caption.js";
import { isByStage } from "./matrix-plane.js";

function drawn(view) {
  const root = document.documentElement;
  const theme = root.dataset.bsTheme;
  root.dataset.bsTheme = "light";
  view.redraw();
  view.chart.getZr().flush();
  const { picture, ...size } = captioned(view, view.element.querySelector("svg").cloneNode(true));
  root.dataset.bsTheme = theme;
  view.redraw();
  return { text: wellFormed(new XMLSerializer().serializeToString(picture)), size };
}

function wellFormed(text) {
  const wrong = new DOMParser().parseFromString(text, "image/svg+xml").querySelector("parsererror");
  if (wrong) throw new Error(wrong.textContent);
  return text;
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function asPicture(text, { width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the canvas gave no picture"); // too large for this browser
  return blob;
}

export async function saveAs(view, ending) {
  const name = `${view.data.file}${isByStage(view) ? "-stages" : ""}.${ending}`;
  try {
    const { text, size } = drawn(view);
    save(ending === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await asPicture(text, size), name);
  } catch (error) {
    told(view.data.words.picture);
    reportError(error);
  }
}

/** The notes at the corner belong to the other script of the page: it hears of this one. */
function told(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } }));
}
