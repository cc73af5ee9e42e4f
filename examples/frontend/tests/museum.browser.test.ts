import { expect } from "vitest";
import { test } from "../signoff-vitest";
import type { Signoff } from "../signoff";

const headers = { Authorization: `Basic ${btoa("visitor:welcome")}`, "Content-Type": "application/json" };
const event = {
  name: "Fossils at Night",
  location: "Hall 3",
  eventDescription: "Bring a torch.",
  dates: ["2031-05-06"],
  price: 12.5,
};

const create = ({ origin }: Signoff) =>
  fetch(`${origin}/api/special-events`, { method: "POST", headers, body: JSON.stringify(event) });

test("runs in a browser", () => {
  expect(navigator.userAgent).toContain("Chrome");
});

test("every third request fails", async ({ signoff }) => {
  await signoff.use("flaky");
  const statuses = [];
  for (let index = 0; index < 6; index++) statuses.push((await create(signoff)).status);
  expect(statuses).toEqual([201, 201, 503, 201, 201, 503]);
  await signoff.called("createSpecialEvent", { times: 6, body: { name: "Fossils at Night" } });
  await expect(signoff.called("createSpecialEvent", { times: 5 })).rejects.toThrow("expected 5 times");
});

test("each test has its own session", async ({ signoff }) => {
  expect(await signoff.journal()).toEqual([]);
  expect((await signoff.scenario()).scenario).toBe("");
  expect((await create(signoff)).status).toBe(201);
  const [entry] = await signoff.journal({ operation: "createSpecialEvent" });
  expect(entry?.response.status).toBe(201);
});

test("errors name the fix", async ({ signoff }) => {
  await expect(signoff.use("flakey")).rejects.toThrow("404 Unknown scenario 'flakey'. Scenarios: empty, down, flaky.");
});
