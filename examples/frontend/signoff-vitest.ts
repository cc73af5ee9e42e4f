// The fixture `signoff` for Vitest, in browser mode and in Node: each test has a session of its own. Requests of the
// test to the mock belong to that session.

import { test as base } from "vitest";
import { Signoff } from "./signoff";

const url = import.meta.env["VITE_SIGNOFF_URL"] ?? "http://127.0.0.1:4010";

export const test = base.extend<{ signoff: Signoff }>({
  signoff: async ({ task }, use) => {
    const signoff = new Signoff(url, { session: `vitest-${task.id}` });
    const usual = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      const request = new Request(input, init);
      if (new URL(request.url).origin === signoff.origin) {
        for (const [name, value] of Object.entries(signoff.headers)) request.headers.set(name, value);
      }
      return usual(request);
    };
    try {
      await signoff.reset();
      await use(signoff);
      await signoff.reset();
    } finally {
      globalThis.fetch = usual;
    }
  },
});
