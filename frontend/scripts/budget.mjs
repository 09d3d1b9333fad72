// Weighs the built page: what the first load brings, and what each lazy part adds. Fails when a budget is broken.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const DIST = new URL("../dist/", import.meta.url);
const KB = 1000;
const FIRST_SCRIPT = 200 * KB;
const FIRST_STYLE = 40 * KB;
const LAZY = 60 * KB;
// The library that draws the plots, which comes with the first plot somebody looks at: 185 kB of it are four kinds of series
// and the canvas they share.
const LARGER = { "src/features/reports/plots/Chart.tsx": 200 * KB };
// The page that everyone meets after signing in, with all that it loads.
const FIRST = ["src/main.tsx", "src/routes/_app.tsx?tsr-split=component", "src/routes/_app.index.tsx?tsr-split=component"];

const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));
const size = (file) => gzipSync(readFileSync(new URL(file, DIST)), { level: 9 }).length;

function collect(key, into = { scripts: new Set(), styles: new Set() }) {
  const entry = manifest[key];
  if (!entry || into.scripts.has(entry.file)) return into;
  into.scripts.add(entry.file);
  for (const style of entry.css ?? []) into.styles.add(style);
  for (const next of entry.imports ?? []) collect(next, into);
  return into;
}

const entries = Object.keys(manifest);
const start = entries.find((key) => manifest[key].isEntry);
const first = { scripts: new Set(), styles: new Set() };
for (const wanted of FIRST) {
  const key = wanted === "src/main.tsx" ? start : entries.find((entry) => entry === wanted);
  if (!key) throw new Error(`${wanted} is not in the manifest`);
  collect(key, first);
}
const sum = (files) => [...files].reduce((total, file) => total + size(file), 0);
const rows = [
  ["first load, script", sum(first.scripts), FIRST_SCRIPT],
  ["first load, style", sum(first.styles), FIRST_STYLE],
];
for (const key of entries.filter((entry) => manifest[entry].isDynamicEntry)) {
  const part = collect(key);
  const added = [...part.scripts].filter((file) => !first.scripts.has(file));
  const name = key.replace(/\?.*/, "");
  rows.push([name, sum(added), LARGER[name] ?? LAZY]);
}
for (const worker of readdirSync(new URL("assets/", DIST)).filter((file) => /^worker-.*\.js$/.test(file))) {
  rows.push(["log worker", size(`assets/${worker}`), LAZY]);
}
let broken = 0;
for (const [name, bytes, limit] of rows) {
  const over = bytes > limit;
  broken += over ? 1 : 0;
  console.log(`${over ? "OVER" : "ok  "} ${(bytes / KB).toFixed(1).padStart(7)} of ${limit / KB} kB  ${name}`);
}
process.exit(broken > 0 ? 1 : 0);
