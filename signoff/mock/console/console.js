// Starts the console and connects its controls.
function connect() {
  const on = (id, event, action) => byId(id).addEventListener(event, guarded(action));
  on("session", "change", async () => {
    chosen.session = byId("session").value.trim();
    filterJournal();
    await loadSession();
    say(chosen.session ? `Session ${chosen.session}.` : "Default session.");
  });
  on("scenario", "change", useScenario);
  on("resource", "change", showItems);
  on("save-state", "click", saveState);
  on("reset-resource", "click", resetResource);
  on("reload-state", "click", loadState);
  on("journal-filter", "input", filterJournal);
  on("all-sessions", "change", filterJournal);
  on("clear-journal", "click", async () => {
    await call("DELETE", "/journal");
    clearShown();
    say("Cleared the journal of the session.");
  });
  on("rule-form", "submit", (event) => {
    event.preventDefault();
    return addRule();
  });
  on("token-form", "submit", (event) => {
    event.preventDefault();
    chosen.token = byId("token").value;
    byId("token-form").hidden = true;
    say("");
    return start();
  });
  const dialog = byId("reset-dialog");
  on("open-reset", "click", () => {
    dialog.returnValue = "";
    dialog.showModal();
  });
  on("reset-dialog", "close", async () => {
    const parts = [...dialog.querySelectorAll("[name=part]:checked")].map((box) => box.value);
    if (dialog.returnValue === "reset" && parts.length) await resetSession(parts);
  });
}

async function start() {
  const { documents } = await call("GET", "/health");
  byId("documents").textContent = documents.map((each) => `${each.title} ${each.version} at ${each.url}`).join(" · ");
  const { routes } = await call("GET", "/routes");
  showRoutes(routes);
  follow(restartJournal, addEntry, () => {
    byId("journal-count").textContent = "Connection lost, trying again…";
  });
  await loadSession();
}

chosen.session = byId("session").value = sessionOfCookie();
connect();
guarded(start)();
