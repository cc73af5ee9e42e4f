"use strict";

const notice = document.getElementById("notice");

function announce(text) {
  notice.textContent = text;
  setTimeout(() => { notice.textContent = ""; }, 2000);
}

async function copy(button) {
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
    announce("Copied");
  } catch {
    getSelection().selectAllChildren(code);
    announce("Selected. Press Ctrl+C or Cmd+C to copy.");
  }
}

function foldAll(selector, open) {
  for (const details of document.querySelectorAll(selector)) details.open = open;
}

// A link to something that is folded shows it.
function reveal() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  target.scrollIntoView();
}

for (const button of document.querySelectorAll(".copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}
// A state that is asked for is seen at once, also in folded operations; the styles do the filtering.
for (const choice of document.querySelectorAll(".filter input")) {
  choice.addEventListener("change", () => { if (choice.id !== "show-all") foldAll(".operation", true); });
}
document.querySelector(".folding").hidden = false;
document.getElementById("unfold").addEventListener("click", () => foldAll(".operation", true));
document.getElementById("fold").addEventListener("click", () => foldAll(".operation", false));
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => foldAll(".operation, .item", true));
reveal();
