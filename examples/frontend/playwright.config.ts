import { defineConfig } from "@playwright/test";

const mock = new URL(process.env["SIGNOFF_URL"] ?? "http://127.0.0.1:4010");
const page = process.env["PAGE_PORT"] ?? "8000";
const signoff = process.env["SIGNOFF"] ?? "signoff";

export default defineConfig({
  testDir: "tests",
  testMatch: "*.spec.ts",
  fullyParallel: true,
  workers: 2,
  use: {
    baseURL: `http://127.0.0.1:${page}`,
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    },
  },
  webServer: [
    {
      command:
        `${signoff} mock ../../tests/documents/museum.yaml --base-path /api --rules mock.yaml --quiet` +
        ` --port ${mock.port}`,
      url: `${mock.origin}/__signoff/health`,
      reuseExistingServer: true, // one that the CI job or you started, with these options
    },
    { command: `npx vite --host 127.0.0.1 --port ${page} --strictPort`, url: `http://127.0.0.1:${page}/` },
  ],
});
