import { readFileSync } from "node:fs";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { scoped } from "./src/embed/scope";

/**
 * What a host platform installs: one ES module, its style sheet and fonts; React is the platform's
 * own.
 */
export default defineConfig({
  plugins: [react(), tailwindcss(), withoutStyleElements(), packaged()],
  base: "./", // fonts are found beside the style sheet
  // CommonJS, which would ask for `require("react")`; it is React's own function since React 18.
  resolve: {
    alias: [{ find: /^use-sync-external-store\/shim(\/index\.js)?$/, replacement: "react" }],
  },
  build: {
    outDir: "../build/embed",
    emptyOutDir: true,
    assetsInlineLimit: 0, // no data: URLs; Vite's library mode would inline every font
    modulePreload: false,
    rolldownOptions: {
      input: { carelay: "src/embed/index.tsx" },
      preserveEntrySignatures: "strict",
      external: [/^react($|\/)/, /^react-dom($|\/)/],
      output: { format: "es", entryFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});

/**
 * A strict Content-Security-Policy refuses the <style> element that react-aria adds; base.css has
 * its rule.
 */
function withoutStyleElements(): Plugin {
  const asked = /(ownerDocument\.getElementById\(\S*STYLE_ID\))/;
  return {
    name: "without-style-elements",
    transform(code, id) {
      if (!id.endsWith("/interactions/usePress.mjs")) return null;
      if (!asked.test(code)) this.error("react-aria adds its <style> element in another way");
      return { code: code.replace(asked, "true"), map: null };
    },
  };
}

function packaged(): Plugin {
  return {
    name: "packaged",
    enforce: "post",
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "asset" && file.fileName.endsWith(".css"))
          file.source = scoped(String(file.source));
      }
      const emit = (fileName: string, source: string) =>
        this.emitFile({ type: "asset", fileName, source });
      emit("package.json", `${JSON.stringify(manifest(), null, 2)}\n`);
      emit("README.md", readFileSync("EMBEDDING.md", "utf8"));
      emit("LICENSE", readFileSync("../LICENSE", "utf8"));
    },
  };
}

function manifest() {
  const { version, license } = JSON.parse(readFileSync("package.json", "utf8"));
  return {
    name: "carelay-embed",
    version,
    description: "Video consultations of a carelay server in the pages of your own platform",
    license,
    type: "module",
    sideEffects: ["*.css"],
    exports: {
      ".": { types: "./carelay.d.ts", default: "./carelay.js" },
      "./carelay.css": "./carelay.css",
      "./package.json": "./package.json",
    },
    types: "./carelay.d.ts",
    peerDependencies: { react: ">=19", "react-dom": ">=19" },
  };
}
