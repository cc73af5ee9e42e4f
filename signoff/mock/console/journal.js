// The journal, newest first. The page keeps the newest 500 entries.
const MOST_ENTRIES = 500;
const WHY = {
  example: "An example in the document.",
  generated: "Generated from the schema in the document.",
  handler: "A custom handler.",
  preference: "The request asked for it, by Prefer or by a query parameter such as __code.",
  rule: "A rule.",
  validation: "The request does not match the document.",
  rejected: "The mock rejected the request: unknown path or method, missing credentials, or an unsupported media type.",
  fault: "An error in the mock or in a custom handler.",
  options: "The mock answers OPTIONS and CORS preflights itself.",
};
const HIDDEN = /^(host|connection|content-length|accept-encoding|user-agent|sec-.*|signoff-session)$/;
const entries = new Map();
const sessions = new Set();
let waiting = [];

function restartJournal(found) {
  entries.clear();
  waiting = [];
  byId("journal-list").replaceChildren();
  found.forEach(addEntry);
  showEntries();
}

function addEntry(entry) {
  waiting.push(entry);
  if (waiting.length === 1) setTimeout(showEntries, 100);
}

/** Shows the entries that came since the last time: at most ten times a second, however many there are. */
function showEntries() {
  const list = byId("journal-list");
  for (const entry of waiting.splice(0).slice(-MOST_ENTRIES)) {
    entries.set(entry.id, entry);
    const row = entryRow(entry);
    row.hidden = !isShown(entry);
    list.prepend(row);
    noteSession(entry.session);
    if (!["GET", "HEAD", "OPTIONS"].includes(entry.request.method) && entry.session === chosen.session) stateMayHaveChanged();
  }
  while (entries.size > MOST_ENTRIES) {
    entries.delete(entries.keys().next().value);
    list.lastElementChild.remove();
  }
  countEntries();
}

function countEntries() {
  const shown = [...byId("journal-list").children].filter((row) => !row.hidden).length;
  const all = [...entries.values()].filter(isOfSession).length;
  const bound = entries.size === MOST_ENTRIES ? `, only the newest ${MOST_ENTRIES} are here` : "";
  byId("journal-count").textContent = all ? (shown === all ? `${all}` : `${shown} of ${all}`) + bound : "No requests yet";
}

function filterJournal() {
  for (const row of byId("journal-list").children) row.hidden = !isShown(entries.get(Number(row.dataset.id)));
  countEntries();
}

const isDelivered = (entry) => entry.kind === "webhook" && entry.response.status >= 200 && entry.response.status < 300;
const isOfSession = (entry) => byId("all-sessions").checked || entry.session === chosen.session;

function isShown(entry) {
  if (!isOfSession(entry)) return false;
  const { method, path, query } = entry.request;
  const text = [method, path, query, entry.response.status, entry.operation, entry.why, entry.rule, ...entry.notes].join(" ");
  return text.toLowerCase().includes(byId("journal-filter").value.toLowerCase());
}

function noteSession(name) {
  if (!name || sessions.has(name) || sessions.size >= 200) return;
  sessions.add(name);
  byId("sessions").append(element("option", { value: name }));
}

function entryRow(entry) {
  const { method, path, query } = entry.request;
  const isDelivered = entry.kind === "webhook" && entry.notes.length === 1;
  const time = new Date(entry.time).toLocaleTimeString("en-GB");
  const summary = [
    element("time", { datetime: entry.time, class: "note" }, time),
    statusBadge(entry.response.status),
    methodBadge(method),
    element("code", { class: "path" }, bounded(query ? `${path}?${query}` : path)),
    element("span", { class: "note" }, `${entry.rule ? `rule ${entry.rule}` : entry.why}, ${entry.durationMs} ms`),
    entry.kind === "webhook" && element("span", { class: "tag" }, "webhook"),
    entry.session && element("span", { class: "tag" }, entry.session),
    entry.notes.length > 0 && element("span", { class: isDelivered ? "tag" : "tag error" }, entry.notes.at(entry.kind === "webhook" ? -1 : 0)),
  ];
  return element("li", { "data-id": entry.id }, foldable(summary, () => entryDetails(entry)));
}

function entryDetails(entry) {
  const place = element("div", { class: "output" });
  const why = entry.rule ? `Rule ${entry.rule}.` : (WHY[entry.why] ?? entry.why);
  const note = entry.request.bodyTruncated
    ? "The journal has only the beginning of the body."
    : "Secrets are redacted: replace them.";
  const isWhole = !JSON.stringify(entry.request).includes("[redacted]") && !entry.request.bodyTruncated;
  return element(
    "div",
    { class: "details" },
    element("h3", {}, "Why this response"),
    element("p", { class: "why" }, why, entry.operation && ` Operation ${entry.operation}.`),
    entry.notes.length > 0 && element("h3", {}, "Validation errors and notes"),
    entry.notes.length > 0 && element("ul", { class: "notes" }, ...entry.notes.map((text) => element("li", {}, text))),
    element("div", { class: "exchange" }, messageOf("Request", entry.request), messageOf("Response", entry.response)),
    element("div", { class: "buttons" }, curlButton(place, () => curlOf(entry), isWhole ? "" : note)),
    place,
  );
}

function messageOf(title, message) {
  const headers = Object.entries(message.headers).map(([name, value]) => `${name}: ${value}`);
  const isText = message.bodyEncoding === "utf-8";
  const type = message.headers["content-type"];
  const rest = message.bodyTruncated ? `\n… of ${message.bodySize.toLocaleString("en")} bytes` : "";
  const body = isText ? readable(message.body, type) + rest : `(${message.bodySize.toLocaleString("en")} bytes that are not text)`;
  return element(
    "div",
    {},
    element("h3", {}, title),
    headers.length > 0 && block(headers.join("\n"), `${title} headers`),
    message.bodySize > 0 && block(body, `${title} body`),
  );
}

function curlOf({ kind, session, request }) {
  const url = (kind === "webhook" ? "" : location.origin) + request.path + (request.query ? `?${request.query}` : "");
  const headers = Object.entries(request.headers).filter(([name]) => !HIDDEN.test(name));
  if (session && kind === "request") headers.push(["signoff-session", session]);
  return curl(request.method, url, headers, request.bodyEncoding === "utf-8" ? request.body : "");
}
