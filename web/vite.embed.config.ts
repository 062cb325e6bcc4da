import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** What a host platform installs: one ES module, its style sheet; React is the platform's own. */
export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "../build/embed",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    lib: { entry: { carelay: "src/embed.ts" }, formats: ["es"], cssFileName: "carelay" },
    rolldownOptions: { external: [/^react($|\/)/, /^react-dom($|\/)/] },
  },
});
