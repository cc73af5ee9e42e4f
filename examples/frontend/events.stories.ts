import type { Meta, StoryObj } from "@storybook/html-vite";
import { signoff } from "./.storybook/preview";

const headers = { Authorization: `Basic ${btoa("visitor:welcome")}` };

async function show(element: HTMLElement) {
  const response = await fetch(`${signoff.origin}/api/special-events?limit=30`, { headers });
  const events: { name: string }[] = await response.json();
  const title = document.createElement("h2");
  title.textContent = `${events.length} events`;
  const rows = events.map(({ name }) => Object.assign(document.createElement("p"), { textContent: name }));
  element.replaceChildren(title, ...rows);
}

const meta: Meta = {
  title: "Museum events",
  render: () => {
    const element = document.createElement("section");
    void show(element);
    return element;
  },
};

export default meta;

export const Usual: StoryObj = {};
export const Empty: StoryObj = { parameters: { signoff: { scenario: "empty" } } };
export const Long: StoryObj = {
  parameters: { signoff: { rules: { long: { operation: "listSpecialEvents", respond: { items: 500 }, delay: 200 } } } },
};
