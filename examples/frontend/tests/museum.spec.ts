import type { Page } from "@playwright/test";
import { expect, test } from "../signoff-playwright";

async function open(page: Page, mock: string) {
  await page.goto(`/?api=${mock}/api`);
}

async function create(page: Page, name: string) {
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Location").fill("Hall 3");
  await page.getByLabel("Description").fill("Bring a torch.");
  await page.getByLabel("Date").fill("2031-05-06");
  await page.getByLabel("Price").fill("12.5");
  await page.getByRole("button", { name: "Create" }).click();
}

const rows = (page: Page) => page.locator("#list li");

for (let number = 1; number <= 20; number++) {
  test(`test ${number} sees only its own events, rules and requests`, async ({ page, signoff }) => {
    await signoff.rule("first-fails", { operation: "createSpecialEvent", respond: { status: 503 }, times: 1 });
    await open(page, signoff.origin);
    await expect(rows(page)).toHaveCount(12);
    await create(page, `Event of test ${number}`);
    await expect(page.getByRole("alert")).toContainText("503");
    const created = (number % 3) + 1;
    for (let index = 1; index <= created; index++) {
      await create(page, `Event ${index} of test ${number}`);
      await expect(page.locator("#event h2")).toHaveText(`Event ${index} of test ${number}`);
      await page.getByRole("link", { name: "Museum events" }).click();
      await expect(rows(page)).toHaveCount(12 + index);
    }
    await signoff.called("createSpecialEvent", { times: created + 1 });
    const names = (await signoff.journal({ operation: "createSpecialEvent" })).map(
      ({ request }) => (request.json as { name: string }).name,
    );
    expect(names.filter((name) => !name.endsWith(` of test ${number}`))).toEqual([]);
  });
}

test("an empty list, an error and a slow response, without a change in the page", async ({ page, signoff }) => {
  await signoff.use("empty");
  await open(page, signoff.origin);
  await expect(page.locator("#list")).toBeVisible();
  await expect(rows(page)).toHaveCount(0);

  await signoff.use("down");
  await page.reload();
  await expect(page.getByRole("alert")).toContainText("503");

  await signoff.use("");
  await signoff.rule("slow", { operation: "listSpecialEvents", delay: 1000 });
  const started = Date.now();
  await page.reload();
  await expect(rows(page)).toHaveCount(12);
  expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
});

test("the proxy of Vite forwards to the mock", async ({ page, signoff }) => {
  await page.context().setExtraHTTPHeaders(signoff.headers);
  await signoff.setState({ "special-events": [] });
  await open(page, "");
  await expect(page.locator("#list")).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await signoff.called("listSpecialEvents", { path: "/api/special-events" });
});
