// Forms to try operations: for the console, and for the reference that `signoff docs` writes.
const PREFERENCES = ["code=404", "code=500", "delay=1500", "items=0", "items=500", "dynamic=true"];
const BODY_METHODS = ["POST", "PUT", "PATCH", "QUERY"];

/** The choices of the field `Prefer`, once for all forms of a page. */
function preferenceList() {
  const list = element("datalist", { id: "preferences" });
  list.append(...PREFERENCES.map((value) => element("option", { value })));
  return list;
}

/**
 * The form to try an operation: prefilled, credentials included. The target is where its requests go: their base
 * URL, header fields that they all have, and what becomes of a header `Cookie`, which pages can't send.
 */
function tryForm(route, target) {
  const lines = Object.entries(route.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  if (route.body) lines.unshift(`Content-Type: ${route.body.mediaType}`);
  const url = element("input", { value: route.url, spellcheck: "false", class: "code" });
  const headers = element("textarea", { rows: Math.max(2, lines.length), spellcheck: "false" }, lines.join("\n"));
  const prefer = element("input", { list: "preferences", placeholder: "code=503, delay=1500", class: "code" });
  const text = readable(route.body?.text ?? "", route.body?.mediaType);
  const body = element("textarea", { rows: Math.min(16, text.split("\n").length + 1), spellcheck: "false" }, text);
  const hasBody = route.body || BODY_METHODS.includes(route.method);
  const output = element("div", { class: "output" });
  const stop = element("button", { type: "button", hidden: true }, "Stop");
  const request = () => requestOf(target, route.method, url.value, headers.value, prefer.value, hasBody ? body.value : "");
  const form = element(
    "form",
    { class: "try" },
    field("Path and query", url),
    field("Headers", headers),
    field("Prefer (forces a response)", prefer),
    hasBody && field("Body", body),
    element(
      "div",
      { class: "buttons" },
      element("button", { class: "primary" }, "Send"),
      stop,
      curlButton(output, () => {
        const { url, headers, body } = request();
        return curl(route.method, url, headers, body);
      }),
    ),
    output,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(() => send(target, request(), output, stop))();
  });
  return form;
}

function requestOf(target, method, path, headerText, prefer, body) {
  if (!path.startsWith("/")) throw new Error("The path must begin with a slash.");
  const headers = headerText
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => {
      const colon = line.indexOf(":");
      if (colon < 1) throw new Error(`A header line is "Name: value", not ${JSON.stringify(line)}.`);
      return checked(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
    });
  if (prefer.trim()) headers.push(["Prefer", prefer.trim()]);
  headers.push(...target.headers());
  return { method, url: target.base() + path, headers, body };
}

/** A header field that a page can send. */
function checked(name, value) {
  try {
    new Headers([[name, value]]);
  } catch {
    throw new Error(`The header ${JSON.stringify(name)} has an invalid character in its name or value.`);
  }
  return [name, value];
}

/** Sends a request and shows its response as it arrives. */
async function send(target, { method, url, headers, body }, output, stop) {
  const options = { method, headers: target.withoutCookies(headers), redirect: "manual" };
  const controller = new AbortController();
  stop.onclick = () => controller.abort();
  stop.hidden = false;
  say("");
  const started = performance.now();
  const waiting = element("p", { class: "note" }, "Waiting for the response…");
  output.replaceChildren(waiting);
  try {
    if (body) options.body = body;
    const response = await fetch(url, { ...options, signal: controller.signal });
    const isRedirect = response.type === "opaqueredirect";
    const reason = isRedirect ? "A redirect: browsers don't show its status and headers to pages." : response.statusText;
    const received = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    const shown = block("", "Response body");
    const time = element("span", { class: "note" });
    const head = element("p", {}, statusBadge(response.status), ` ${reason} `, time);
    output.replaceChildren(head, shown, foldable(["Response headers"], () => block(received, "Response headers")));
    const size = await receive(response, shown);
    time.textContent = `${Math.round(performance.now() - started)} ms, ${size.toLocaleString("en")} bytes`;
    shown.hidden = !size;
  } catch (error) {
    const isStopped = error.name === "AbortError";
    waiting.remove();
    const text = isStopped ? "Stopped." : `No response that a page can read: ${error.message}. Try it with curl.`;
    output.append(element("p", { class: isStopped ? "note" : "error" }, text));
  } finally {
    stop.hidden = true;
  }
}

/** Shows a body as it arrives; its size in bytes. */
async function receive(response, shown) {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = reader ? await reader.read() : { done: true };
    if (done) break;
    size += value.length;
    if (text.length <= MOST_SHOWN) text += decoder.decode(value, { stream: true });
    shown.textContent = bounded(text);
  }
  const isText = !text.includes("\uFFFD") && !text.includes("\0");
  const type = response.headers.get("content-type") ?? "";
  shown.textContent = isText ? readable(text, type) : `(${size.toLocaleString("en")} bytes that are not text)`;
  return size;
}

const statusBadge = (status) =>
  element("span", { class: `status s${String(status)[0]}` }, status ? String(status) : "none");
