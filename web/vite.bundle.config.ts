import { createHash } from "node:crypto";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/**
 * The page of exported recordings: one file that needs no server and asks nobody for anything.
 * Everything is in it, and its Content-Security-Policy lets it do no more.
 */
export default defineConfig({
  plugins: [react(), tailwindcss(), alone()],
  publicDir: false,
  build: {
    outDir: "dist/bundle",
    emptyOutDir: true,
    assetsInlineLimit: Number.POSITIVE_INFINITY,
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: { input: "bundle.html", output: { codeSplitting: false } },
  },
});

function alone(): Plugin {
  return {
    name: "alone",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        let [page, script, style] = ["", "", ""];
        for (const [name, file] of Object.entries(bundle)) {
          if (file.type === "chunk") script += file.code;
          else if (name.endsWith(".css")) style += file.source;
          else if (name.endsWith(".html")) page += file.source;
          else this.error(`${name} is beside the page`);
          delete bundle[name];
        }
        const code = script.replaceAll("</script", "<\\/script");
        const source = page
          .replace(/<script[^>]*src=[^>]*><\/script>|<link[^>]*rel="stylesheet"[^>]*>/g, "")
          .replace("SCRIPT_HASH", createHash("sha256").update(code).digest("base64"))
          .replace("</head>", () => `<style>${style}</style></head>`)
          .replace("</body>", () => `<script type="module">${code}</script></body>`);
        this.emitFile({ type: "asset", fileName: "index.html", source });
      },
    },
  };
}
