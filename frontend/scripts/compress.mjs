// Writes .br and .gz beside every text asset of dist/, so that the server only picks a file.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const DIST = new URL("../dist", import.meta.url).pathname;
const TEXT = /\.(js|css|svg|json|txt|map)$/;
// Below this the headers weigh more than what is saved. index.html is left out: the server rewrites it per response.
const SMALLEST = 600;
const LARGE = 700_000;

for (const entry of readdirSync(DIST, { recursive: true })) {
  const path = join(DIST, entry);
  if (!TEXT.test(path) || !statSync(path).isFile() || statSync(path).size < SMALLEST) continue;
  const bytes = readFileSync(path);
  // At 11 the views of the API, which hardly anybody opens, would take most of the build's time.
  const quality = bytes.length > LARGE ? 6 : 11;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
