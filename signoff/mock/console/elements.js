// Elements. Texts of documents and clients only ever become text, never markup.
const byId = (id) => document.getElementById(id);

/** An element; children are nodes or texts, and those that are false, null or empty are left out. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child || child === 0));
  return made;
}

/** A row that opens; its content is made when it is opened first. */
function foldable(summary, makeContent) {
  const details = element("details", {}, element("summary", {}, ...summary));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(makeContent());
  });
  return details;
}

let labels = 0;

/** A labelled field. */
function field(text, control) {
  control.id = `field-${++labels}`;
  return element("div", { class: "field" }, element("label", { for: control.id }, text), control);
}

let clearing = 0;

/** Shows a message; errors stay until the next one. */
function say(text, isError = false) {
  const message = byId("message");
  message.textContent = text;
  message.className = isError ? "error" : "";
  clearTimeout(clearing);
  if (text && !isError) clearing = setTimeout(() => say(""), 8000);
}

/** An event handler that shows what goes wrong. */
function guarded(action) {
  return async (...given) => {
    try {
      await action(...given);
    } catch (error) {
      say(error.message, true);
    }
  };
}

const MOST_SHOWN = 200000;

/** A text of at most 200,000 characters. */
function bounded(text) {
  if (text.length <= MOST_SHOWN) return text;
  return `${text.slice(0, MOST_SHOWN)}\n… ${(text.length - MOST_SHOWN).toLocaleString("en")} more characters`;
}

/** A JSON value whose numbers keep all their digits, where the browser can. */
function parseExactly(text) {
  if (!JSON.rawJSON) return JSON.parse(text);
  return JSON.parse(text, (key, value, context) =>
    typeof value === "number" && context && String(value) !== context.source
      ? JSON.rawJSON(context.source)
      : value,
  );
}

/** A body as a reader wants it: JSON is indented. */
function readable(text, mediaType = "") {
  if (/[/+]json\b/i.test(mediaType) && text.length <= MOST_SHOWN) {
    try {
      return JSON.stringify(parseExactly(text), null, 2);
    } catch {
      return text; // truncated, or broken on purpose
    }
  }
  return bounded(text);
}

/** A scrollable block of text. */
function block(text, label) {
  return element("pre", { tabindex: "0", role: "region", "aria-label": label }, text);
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The request as a curl command for a POSIX shell. */
function curl(method, url, headers, body) {
  const lines = [`curl ${method === "HEAD" ? "--head" : `-X ${quoted(method)}`} --globoff ${quoted(url)}`];
  for (const [name, value] of headers) lines.push(`-H ${quoted(value ? `${name}: ${value}` : `${name};`)}`);
  if (body) lines.push(`--data-raw ${quoted(body)}`);
  return lines.join(" \\\n  ");
}

/** A button that shows a command in `place` and copies it. */
function curlButton(place, makeCommand, note = "") {
  const copy = guarded(async () => {
    const command = makeCommand();
    place.replaceChildren(note && element("p", { class: "note" }, note), block(command, "curl command"));
    if (!navigator.clipboard) return say("The browser allows copying on localhost and HTTPS only: copy the command below.");
    await navigator.clipboard.writeText(command);
    say("Copied the curl command.");
  });
  return element("button", { type: "button", onclick: copy }, "Copy as curl");
}
