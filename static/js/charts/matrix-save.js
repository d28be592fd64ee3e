// The chart as a file, drawn for light paper: SVG as it is, PNG at twice its size.
function drawn(view) {
  const root = document.documentElement;
  const theme = root.dataset.bsTheme;
  root.dataset.bsTheme = "light";
  view.redraw();
  view.chart.getZr().flush();
  const picture = view.element.querySelector("svg").cloneNode(true);
  root.dataset.bsTheme = theme;
  view.redraw();
  picture.prepend(paper());
  return wellFormed(new XMLSerializer().serializeToString(picture));
}

function paper() {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: "#fff" })) rect.setAttribute(name, value);
  return rect;
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
  const name = `${view.data.file}-run-${view.data.run}.${ending}`;
  try {
    const text = drawn(view);
    save(ending === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await asPicture(text, view), name);
  } catch (error) {
    told(view.data.words.picture);
    reportError(error);
  }
}

/** The notes at the corner belong to the other script of the page: it hears of this one. */
function told(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } }));
}
