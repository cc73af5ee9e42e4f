import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Signoff } from "../signoff";
import { createSignoffHandlers } from "../signoff-msw";

const mock = process.env["VITE_SIGNOFF_URL"] ?? "http://127.0.0.1:4010";
const session = "msw";
const api = "https://museum.example.com/api";
const headers = { Authorization: `Basic ${btoa("visitor:welcome")}` };
const server = setupServer(
  http.get(`${api}/museum-hours`, () => HttpResponse.json([])),
  ...createSignoffHandlers({ mock, api, session }),
);

beforeAll(() => server.listen({ onUnhandledRequest: (request, print) => request.url.startsWith(mock) || print.error() }));
afterAll(() => server.close());

test("MSW answers its own handlers, the mock the rest", async () => {
  const signoff = new Signoff(mock, { session });
  await signoff.reset();
  await signoff.rule("long", { operation: "listSpecialEvents", respond: { items: 30 } });
  expect(await (await fetch(`${api}/museum-hours`, { headers })).json()).toEqual([]);
  const events = await (await fetch(`${api}/special-events?limit=30`, { headers })).json();
  expect(events).toHaveLength(30);
  const created = await fetch(`${api}/special-events`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ name: "Night", location: "Hall", eventDescription: "x", dates: ["2031-05-06"], price: 1 }),
  });
  expect(created.status).toBe(201);
  const paths = (await signoff.journal()).map(({ request }) => `${request.method} ${request.path}`);
  expect(paths).toEqual(["GET /api/special-events", "POST /api/special-events"]);
});
