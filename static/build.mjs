// Builds what the browser loads into static_build/: app.css, app.js, theme.js, charts.js, icons.svg and the licences.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(SOURCE);
const MODULES = join(ROOT, "node_modules");
const OUTPUT = join(ROOT, "static_build");
const PACKAGES = ["@tabler/core", "@tabler/icons", "@popperjs/core", "echarts", "zrender", "tslib"];

async function bundle() {
  await build({
    entryPoints: [
      { in: join(SOURCE, "css/app.css"), out: "app" },
      { in: join(SOURCE, "js/app.js"), out: "app" },
      { in: join(SOURCE, "js/theme.js"), out: "theme" },
      { in: join(SOURCE, "js/charts/index.js"), out: "charts" },
    ],
    outdir: OUTPUT,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["chrome123", "firefox121", "safari17.5"],
    legalComments: "none",
    logLevel: "warning",
  });
}

/** One <symbol> for each name in icons.txt, so that a page shows an icon by <use href="…#name">. */
async function sprite() {
  const names = (await readFile(join(SOURCE, "icons.txt"), "utf8")).split(/\s+/).filter(Boolean);
  await checkTemplates(names);
  const symbols = await Promise.all(names.map(symbol));
  const text = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  await writeFile(join(OUTPUT, "icons.svg"), text);
}

/** An icon that a template names but icons.txt does not would silently show nothing. */
async function checkTemplates(names) {
  const folder = join(ROOT, "templates");
  for (const file of await readdir(folder, { recursive: true })) {
    if (!file.endsWith(".html")) continue;
    const text = await readFile(join(folder, file), "utf8");
    for (const [, name] of text.matchAll(/icon\.html" with name="([^"]+)"/g)) {
      if (!names.includes(name)) throw new Error(`templates/${file} shows the icon "${name}", which icons.txt does not name`);
    }
  }
}

async function symbol(name) {
  const file = join(MODULES, "@tabler/icons/icons/outline", `${name}.svg`);
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(`icons.txt names "${name}", which is no icon of @tabler/icons`);
  });
  const paths = text.slice(text.indexOf(">") + 1, text.lastIndexOf("</svg>")).replace(/\s+/g, " ").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${paths}</symbol>`;
}

async function licences() {
  const texts = await Promise.all(PACKAGES.map(licence));
  await writeFile(join(OUTPUT, "licences.txt"), texts.join("\n\n"));
}

async function licence(name) {
  const folder = join(MODULES, name);
  const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
  const bodies = await Promise.all(files.filter((file) => file !== "licenses").map((file) => readFile(join(folder, file), "utf8")));
  return [`${name} ${version} (${license})`, "=".repeat(60), ...bodies].join("\n");
}

await rm(OUTPUT, { recursive: true, force: true });
await mkdir(OUTPUT, { recursive: true });
await Promise.all([bundle(), sprite(), licences(), copyFile(join(SOURCE, "favicon.svg"), join(OUTPUT, "favicon.svg"))]);
