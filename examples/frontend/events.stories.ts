import type { Meta, StoryObj } from "@storybook/html-vite";

const meta: Meta = {
  title: "Museum events",
  render: () => {
    const frame = document.createElement("iframe");
    frame.src = "/index.html?api=/api";
    return frame;
  },
};

export default meta;

export const Usual: StoryObj = {};
export const Empty: StoryObj = { parameters: { signoff: { scenario: "empty" } } };
export const SlowAndLong: StoryObj = {
  parameters: { signoff: { rules: { long: { operation: "listSpecialEvents", respond: { items: 500 }, delay: 1500 } } } },
};
