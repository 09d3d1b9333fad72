import { fileURLToPath } from "node:url";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const backend = process.env.BACKEND_URL ?? "http://127.0.0.1:8001";

/** The app's styles come after the page's static part, which would wait for them otherwise. */
const stylesLast: Plugin = {
  name: "styles-last",
  transformIndexHtml: {
    order: "post",
    handler: (html) => {
      const styles = html.match(/ *<link rel="stylesheet" crossorigin[^>]*>\n/g) ?? [];
      return styles.reduce((page, style) => page.replace(style, "").replace("  </body>", `${style}  </body>`), html);
    },
  },
};

export default defineConfig({
  plugins: [
    stylesLast,
    tanstackRouter({ target: "react", autoCodeSplitting: true, quoteStyle: "double", semicolons: true }),
    react(),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // The server puts a fresh nonce in place of this word in every answer that carries index.html.
  html: { cspNonce: "__CSP_NONCE__" },
  worker: { format: "es" },
  build: {
    target: "es2022",
    // Inlined assets would become data: URLs, which the policy allows for images only.
    assetsInlineLimit: 0,
    // Read by scripts/budget.mjs.
    manifest: true,
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: backend },
      "^/docs/.": { target: backend },
      "/ws": { target: backend, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/test/setup.ts"],
    css: false,
    restoreMocks: true,
    projects: [
      { extends: true, test: { name: "pages", include: ["src/**/*.test.tsx"] } },
      // These draw nothing: a document and all modules anew for each file took most of their time.
      { extends: true, test: { name: "logic", include: ["src/**/*.test.ts"], isolate: false } },
    ],
  },
});
