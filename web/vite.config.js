import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

/** The licence of the bundled library goes into the built page. */
const notices = {
  name: "third-party-notices",
  generateBundle() {
    const licence = readFileSync(new URL("./node_modules/three/LICENSE", import.meta.url), "utf8");
    const source = `This page contains three.js (https://threejs.org).\n\n${licence}`;
    this.emitFile({ type: "asset", fileName: "third-party-notices.txt", source });
  },
};

export default defineConfig({
  base: "./",
  plugins: [notices],
  server: { proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } } },
  build: {
    outDir: fileURLToPath(new URL("../digital_life/viewer/static", import.meta.url)),
    emptyOutDir: true,
    chunkSizeWarningLimit: 1500,
  },
});
