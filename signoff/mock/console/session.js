// What belongs to a session: scenario, rules and state.
const MOST_ITEMS = 500000; // characters that can be edited here
let resources = {};
let shownItems = "";

async function loadScenario() {
  const { scenario, scenarios } = await call("GET", "/scenario");
  const options = ["", ...scenarios].map((name) => element("option", { value: name }, name || "none"));
  byId("scenario").replaceChildren(...options);
  byId("scenario").value = scenario;
  byId("scenario").disabled = !scenarios.length;
  byId("scenario").title = scenarios.length ? "" : "The mock has no rule file: see --rules";
}

async function useScenario() {
  const name = byId("scenario").value;
  await call("PUT", "/scenario", { scenario: name });
  say(name ? `Switched to the scenario ${name}.` : "Switched the scenario off.");
  await loadRules();
}

async function loadRules() {
  const { rules } = await call("GET", "/rules");
  byId("rule-count").textContent = rules.length ? `${rules.length}` : "No rules";
  byId("rule-list").hidden = !rules.length;
  byId("rule-list").replaceChildren(...rules.map(ruleRow));
}

function ruleRow({ id, rule }) {
  const remove = guarded(async () => {
    await call("DELETE", `/rules/${encodeURIComponent(id)}`);
    say(`Removed the rule ${id}.`);
    await loadRules();
  });
  const isOneOff = !id.includes("/");
  const summary = [element("code", {}, id), element("span", { class: "tag" }, isOneOff ? "one-off" : "rule file")];
  return element(
    "li",
    {},
    foldable(summary, () =>
      element(
        "div",
        { class: "details" },
        block(JSON.stringify(rule, null, 2), `Rule ${id}`),
        isOneOff && element("button", { type: "button", onclick: remove }, "Remove"),
      ),
    ),
  );
}

async function addRule() {
  const id = byId("rule-id").value;
  await call("PUT", `/rules/${encodeURIComponent(id)}`, parsed(byId("rule-json").value));
  say(`Added the rule ${id}.`);
  await loadRules();
}

function parsed(text) {
  try {
    return parseExactly(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${error.message}`);
  }
}

async function loadState() {
  const controls = ["resource", "items", "save-state", "reset-resource"].map(byId);
  let written = [];
  try {
    ({ resources, written } = await call("GET", "/state", undefined, parseExactly));
  } catch (error) {
    if (error instanceof TokenError) throw error;
    resources = {};
    byId("state-note").textContent = error.message;
  }
  const names = Object.keys(resources);
  for (const control of controls) control.disabled = !names.length;
  if (names.length) byId("state-note").textContent = written.length ? `Written: ${written.join(", ")}` : "Nothing written";
  const selected = byId("resource").value;
  byId("resource").replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  if (names.includes(selected)) byId("resource").value = selected;
  showItems();
}

function showItems() {
  const text = JSON.stringify(resources[byId("resource").value] ?? [], null, 2);
  const isLarge = text.length > MOST_ITEMS;
  shownItems = isLarge ? text.slice(0, MOST_ITEMS) : text;
  byId("items").value = shownItems;
  byId("items").readOnly = isLarge;
  byId("save-state").disabled = isLarge || !Object.keys(resources).length;
  if (isLarge) say(`The items are too large to edit here: ${text.length.toLocaleString("en")} characters.`);
}

async function saveState() {
  const name = byId("resource").value;
  await call("PUT", "/state", { resources: { [name]: parsed(byId("items").value) } });
  say(`Saved ${name}.`);
  await loadState();
}

async function resetResource() {
  const name = byId("resource").value;
  await call("DELETE", `/state?resource=${encodeURIComponent(name)}`);
  say(`Reset ${name}.`);
  await loadState();
}

let reloading = 0;

/** A client wrote something: loads the state again, unless the user is editing it. */
function stateMayHaveChanged() {
  clearTimeout(reloading);
  reloading = setTimeout(() => {
    if (byId("items").value === shownItems) guarded(loadState)();
    else byId("state-note").textContent = "A client changed the state. Reload shows it and discards your edits.";
  }, 300);
}

async function resetSession(parts) {
  await call("POST", "/reset", { parts });
  if (parts.includes("journal")) clearShown();
  await loadSession();
  say(`Reset ${parts.join(", ")}.`);
}

/** Clears the entries of the session. */
function clearShown() {
  for (const row of [...byId("journal-list").children]) {
    const id = Number(row.dataset.id);
    if (entries.get(id).session !== chosen.session) continue;
    entries.delete(id);
    row.remove();
  }
  countEntries();
}

async function loadSession() {
  await Promise.all([loadScenario(), loadRules(), loadState()]);
}
