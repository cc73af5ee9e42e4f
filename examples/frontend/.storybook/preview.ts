// A story sets `parameters: { signoff: { scenario: "empty" } }`, or one-off rules by their id.

import type { Preview } from "@storybook/html-vite";
import { Signoff, type Rule } from "../signoff";

export interface SignoffParameters {
  scenario?: string;
  rules?: Record<string, Rule>;
}

export const signoff = new Signoff(import.meta.env["STORYBOOK_SIGNOFF_URL"] ?? "http://127.0.0.1:4010");

const preview: Preview = {
  loaders: [
    async ({ parameters }) => {
      const { scenario = "", rules = {} }: SignoffParameters = parameters["signoff"] ?? {};
      await signoff.reset();
      await signoff.use(scenario);
      for (const [id, rule] of Object.entries(rules)) await signoff.rule(id, rule);
      return {};
    },
  ],
};

export default preview;
