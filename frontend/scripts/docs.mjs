// Puts the four views of the API into dist/: their files are copied out of the npm packages, each page names what it uses.
// The packages' own dependencies are left out in package.json (overrides): their bundles hold everything.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = new URL("..", import.meta.url).pathname;
const PACKAGES = join(ROOT, "node_modules");
const DIST = join(ROOT, "dist");
// Redoc shows its maker's logo from a CDN. No picture at all: an address that answers nothing is not asked for.
const REDOC_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg";
const NO_PICTURE = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";
// Scalar's validator tries whether it may compile code from text. It may not, and trying is a violation of the policy.
const TRIES_EVAL = "try{return Function(``),!0}catch{return!1}";

const VIEWERS = [
  { name: "swagger", title: "Swagger UI", from: "swagger-ui-dist", scripts: ["swagger-ui-bundle.js"], styles: ["swagger-ui.css"] },
  { name: "redoc", title: "ReDoc", from: "redoc", scripts: ["bundles/redoc.standalone.js"], styles: [], replace: [REDOC_LOGO, NO_PICTURE] },
  { name: "rapidoc", title: "RapiDoc", from: "rapidoc", scripts: ["dist/rapidoc-min.js"], styles: [] },
  { name: "scalar", title: "Scalar", from: "@scalar/api-reference", scripts: ["dist/browser/standalone.js"], styles: [], replace: [TRIES_EVAL, "return!1"] },
];

const template = readFileSync(join(ROOT, "docs/page.html"), "utf8");
const own = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version;
mkdirSync(join(DIST, "docs"), { recursive: true });

/** Copies a file to where its address names its version, and gives that address. */
function place(source, folder, file, replace) {
  const target = join("assets", "docs", folder);
  mkdirSync(join(DIST, target), { recursive: true });
  if (replace) {
    const [old, next] = replace;
    const text = readFileSync(source, "utf8");
    if (!text.includes(old)) throw new Error(`${source} no longer holds ${old}: look at what it does now.`);
    writeFileSync(join(DIST, target, file), text.replaceAll(old, next));
  } else {
    copyFileSync(source, join(DIST, target, file));
  }
  return `/${target}/${file}`;
}

for (const { name, title, from, scripts, styles, replace } of VIEWERS) {
  const version = JSON.parse(readFileSync(join(PACKAGES, from, "package.json"), "utf8")).version;
  const copied = (files) => files.map((file) => place(join(PACKAGES, from, file), `${name}-${version}`, file.split("/").at(-1), replace));
  const ours = (file) => place(join(ROOT, "docs", file), `console-${own}-${stamp()}`, file);
  const sheets = [...copied(styles), ours("page.css"), ...(name === "swagger" ? [ours("swagger.css")] : [])];
  const lines = { NAME: name, TITLE: title,
    STYLES: sheets.map((href) => `    <link rel="stylesheet" href="${href}" />`).join("\n"),
    SCRIPTS: [ours("common.js"), ...copied(scripts), ours(`${name}.js`)].map((src) => `    <script src="${src}"></script>`).join("\n"),
    LINKS: VIEWERS.map((other) => `        <a href="/docs/${other.name}"${other.name === name ? ' aria-current="page"' : ""}>${other.title}</a>`).join("\n"),
  };
  writeFileSync(join(DIST, "docs", `${name}.html`), template.replace(/__([A-Z]+)__/g, (whole, key) => lines[key] ?? whole));
}

/** Our own small files change without a new version. */
function stamp() {
  const texts = ["common.js", "page.css", "swagger.css", ...VIEWERS.map(({ name }) => `${name}.js`)];
  let sum = 0;
  for (const file of texts) for (const byte of readFileSync(join(ROOT, "docs", file))) sum = (sum * 31 + byte) >>> 0;
  return sum.toString(36);
}
