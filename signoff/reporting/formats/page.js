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
const folding = document.querySelector(".folding");
if (folding) {
  folding.hidden = false;
  document.getElementById("unfold").addEventListener("click", () => foldAll(".operation", true));
  document.getElementById("fold").addEventListener("click", () => foldAll(".operation", false));
}

const search = document.getElementById("search");
const rows = [...document.querySelectorAll(".item, .clause")].map((row) => {
  const group = row.closest(".operation, .group");
  return { row, text: `${group ? group.querySelector("summary").textContent : ""} ${row.textContent}`.toLowerCase() };
});

// Show the rows that have every word, and the groups and lists around them.
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { row, text } of rows) row.classList.toggle("out", !words.every((word) => text.includes(word)));
  for (const group of document.querySelectorAll(".operation, .group, .list")) {
    group.classList.toggle("out", words.length > 0 && !group.querySelector(".item:not(.out), .clause:not(.out)"));
  }
  if (words.length) foldAll(".operation, .group", true);
  const found = rows.filter(({ row }) => !row.classList.contains("out")).length;
  document.getElementById("matches").textContent = words.length ? `${found} of ${rows.length}` : "";
}

search.addEventListener("input", filter);
search.parentElement.hidden = false;
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => foldAll(".operation, .group, .item", true));
reveal();
