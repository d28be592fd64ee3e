// The chart as a file, drawn for light paper: SVG as it is, PNG at twice its size.
function drawn(view) {
  const root = document.documentElement;
  const theme = root.dataset.bsTheme;
  root.dataset.bsTheme = "light";
  view.redraw();
  view.chart.getZr().flush();
  const text = new XMLSerializer().serializeToString(view.element.querySelector("svg"));
  root.dataset.bsTheme = theme;
  view.redraw();
  return text.replace(/^(<svg[^>]*>)/, '$1<rect width="100%" height="100%" fill="#fff"/>');
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function asPicture(text, { width, height }) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(resolve, "image/png");
    };
    image.onerror = reject;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });
}

export async function saveAs(view, ending) {
  const text = drawn(view);
  const name = `${view.data.file}-run-${view.data.run}.${ending}`;
  save(ending === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await asPicture(text, view), name);
}
