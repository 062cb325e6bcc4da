import { readFileSync } from "node:fs";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { compression } from "vite-plugin-compression2";
import { defineConfig } from "vitest/config";

// CARELAY_URL: where `npm run dev` finds the server.
const server = process.env.CARELAY_URL ?? "http://localhost:8080";

export default defineConfig({
  // aiohttp sends the .br or .gz beside a file to whoever accepts it.
  plugins: [
    react(),
    tailwindcss(),
    early("src/shared/theme/early.js"),
    compression({
      include: /\.(html|xml|css|json|js|mjs|svg|wasm|tflite)$/,
      algorithms: ["gzip", "brotliCompress"],
      threshold: 512,
    }),
  ],
  build: {
    // The Content-Security-Policy allows no data: URLs for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // Changes seldom, so browsers keep it while the pages change.
        codeSplitting: {
          groups: [
            { name: "libraries", test: /node_modules\/(react|react-dom|scheduler)\//, priority: 1 },
            // All that signing in needs, in one file: each further request costs as much as a page
            // of text. Only that: by their imports, front doors would bring the pages behind them.
            { name: "start", tags: ["$initial"], includeDependenciesRecursively: false },
          ],
        },
      },
    },
  },
  server: {
    headers: { "Service-Worker-Allowed": "/recordings/" },
    proxy: {
      "/api": {
        target: server,
        ws: true,
        // The server compares Origin with Host; behind this proxy both must be its own.
        configure: (proxy) => {
          proxy.on("proxyReq", (request) => request.setHeader("origin", server));
          proxy.on("proxyReqWs", (request) => request.setHeader("origin", server));
        },
        changeOrigin: true,
      },
    },
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
  },
});

/**
 * A script that the page waits for before anything is drawn. Modules run later; the policy allows
 * none inline.
 */
function early(path: string): Plugin {
  let address = `/${path}`;
  return {
    name: "early",
    generateBundle: {
      order: "pre",
      handler() {
        const reference = this.emitFile({
          type: "asset",
          name: "early.js",
          source: readFileSync(path),
        });
        address = `/${this.getFileName(reference)}`;
      },
    },
    transformIndexHtml: {
      order: "post",
      handler: () => [{ tag: "script", attrs: { src: address }, injectTo: "head-prepend" }],
    },
  };
}
