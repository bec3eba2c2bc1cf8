// Plain files for the server to hand out: nothing inlined, so that the strict content security policy holds.
import { defineConfig } from "vite";

const server = process.env["HUITANG"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: { target: "es2020", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy: { "/ws": { target: server, ws: true }, "/api": { target: server } } },
});
