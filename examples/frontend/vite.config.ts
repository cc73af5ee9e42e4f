// The dev server: the page calls /api on its own origin, and Vite forwards that to the mock.

import { defineConfig } from "vite";

export default defineConfig({
  server: {
    proxy: { "/api": process.env["SIGNOFF_URL"] ?? "http://127.0.0.1:4010" },
  },
});
