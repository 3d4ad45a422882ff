import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Where the API answers while developing (`npm run dev`): the front of a running `make run`.
const api = process.env.MIMAMORI_API ?? "http://localhost:8722";

export default defineConfig({
  resolve: { alias: { "~": fileURLToPath(new URL("src", import.meta.url)) } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0, // the content security policy lets nothing inline through
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        app: fileURLToPath(new URL("index.html", import.meta.url)),
        sw: fileURLToPath(new URL("src/sw.ts", import.meta.url)),
      },
      output: { entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  server: {
    proxy: { "/v1": { target: api, changeOrigin: true, rewrite: (path) => (process.env.MIMAMORI_PREFIX ?? "") + path } },
  },
  test: { setupFiles: ["vitest.setup.ts"], include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
