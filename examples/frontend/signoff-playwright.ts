// The fixture `signoff` for Playwright: each test has a session of its own, and so do the requests of its page.

import { test as base } from "@playwright/test";
import { Signoff } from "./signoff";

export { expect } from "@playwright/test";

export const test = base.extend<{ signoff: Signoff }, { signoffURL: string }>({
  signoffURL: [process.env["SIGNOFF_URL"] ?? "http://127.0.0.1:4010", { option: true, scope: "worker" }],

  signoff: async ({ context, signoffURL }, use, { testId, retry }) => {
    const signoff = new Signoff(signoffURL, { session: `playwright-${testId}-${retry}` });
    await context.route(`${signoff.origin}/**`, (route, request) =>
      route.continue({ headers: { ...request.headers(), ...signoff.headers } }),
    );
    await signoff.reset();
    await use(signoff);
    await signoff.reset();
  },
});
