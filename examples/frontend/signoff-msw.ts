// MSW and the mock together: MSW answers what you write handlers for, the mock answers the rest of the API.

import { bypass, http, type HttpHandler } from "msw";
import { Signoff } from "./signoff";

export interface Bridge {
  /** Where the mock runs. */
  mock: string;
  /** The URL of the API as the app calls it, with or without an origin; the path is kept. */
  api: string;
  session?: string;
}

/** Handlers that forward the requests to an API from MSW to the mock. Put them after your own. */
export function createSignoffHandlers({ mock, api, session = "" }: Bridge): HttpHandler[] {
  const signoff = new Signoff(mock, { session });
  return [
    http.all(`${api.replace(/\/$/, "")}/*`, ({ request }) => {
      const { pathname, search } = new URL(request.url);
      const forwarded = new Request(new URL(pathname + search, signoff.origin), request.clone());
      for (const [name, value] of Object.entries(signoff.headers)) forwarded.headers.set(name, value);
      return fetch(bypass(forwarded));
    }),
  ];
}
