import type { StorybookConfig } from "@storybook/html-vite";

const config: StorybookConfig = {
  framework: "@storybook/html-vite",
  stories: ["../**/*.stories.ts"],
  // vite.config.ts applies here too, so stories call the mock through the proxy of /api.
};

export default config;
