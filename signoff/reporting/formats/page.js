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
const search = document.getElementById("search");
const rows = [...document.querySelectorAll(".item, .clause")].map((row) => {
  const box = row.closest(".group, .operation");
  return { row, text: `${box ? box.querySelector("summary").textContent : ""} ${row.textContent}`.toLowerCase() };
});

// Show the rows that have every word, and what contains such rows.
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { row, text } of rows) {
    const matches = words.every((word) => text.includes(word));
    row.classList.toggle("out", !matches);
    found += matches;
  }
  for (const box of document.querySelectorAll(".group, .operation, .list")) {
    box.classList.toggle("out", words.length > 0 && !box.querySelector(".item:not(.out), .clause:not(.out)"));
  }
  if (words.length) foldAll(".group, .operation", true);
  document.getElementById("matches").textContent = words.length ? `${found} of ${rows.length}` : "";
}

search.addEventListener("input", filter);
search.parentElement.hidden = false;
for (const choice of document.querySelectorAll(".filter input")) {
  choice.addEventListener("change", () => { if (choice.id !== "show-all") foldAll(".operation", true); });
}
for (const folding of document.querySelectorAll(".folding")) folding.hidden = false;
document.getElementById("unfold").addEventListener("click", () => foldAll(".operation, .group", true));
document.getElementById("fold").addEventListener("click", () => foldAll(".operation, .group", false));
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => foldAll(".operation, .group, .item", true));
reveal();
