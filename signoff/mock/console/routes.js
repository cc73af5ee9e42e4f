// The routes, each with a form to try it.
const PREFERENCES = ["code=404", "code=500", "delay=1500", "items=0", "items=500", "dynamic=true"];
const BODY_METHODS = ["POST", "PUT", "PATCH", "QUERY"];

const methodBadge = (method) => element("span", { class: `method ${method.toLowerCase()}` }, method);

function showRoutes(routes) {
  const preferences = element("datalist", { id: "preferences" });
  preferences.append(...PREFERENCES.map((value) => element("option", { value })));
  document.body.append(preferences);
  byId("route-list").replaceChildren(...routes.map(routeRow));
  const filter = () => {
    const wanted = byId("route-filter").value.toLowerCase();
    let shown = 0;
    for (const row of byId("route-list").children) {
      row.hidden = !row.dataset.text.includes(wanted);
      shown += !row.hidden;
    }
    byId("route-count").textContent = shown === routes.length ? `${shown}` : `${shown} of ${routes.length}`;
  };
  byId("route-filter").addEventListener("input", filter);
  filter();
}

function routeRow(route) {
  const schemes = route.security.filter((names) => names.length).map((names) => names.join(" and "));
  const named = route.operation.includes(" ") ? "" : route.operation;
  const summary = [
    methodBadge(route.method),
    element("code", { class: "path" }, route.path),
    element("span", { class: "note" }, route.summary || named),
    route.deprecated && element("span", { class: "tag" }, "deprecated"),
    route.handler && element("span", { class: "tag" }, "handler"),
    schemes.length > 0 && element("span", { class: "tag" }, `needs ${schemes.join(" or ")}`),
  ];
  const text = [route.method, route.path, route.operation, route.summary, ...route.tags].join(" ").toLowerCase();
  return element("li", { "data-text": text }, foldable(summary, () => tryForm(route)));
}

/** The form to try a route: prefilled, credentials included. */
function tryForm(route) {
  const lines = Object.entries(route.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  if (route.body) lines.unshift(`Content-Type: ${route.body.mediaType}`);
  const url = element("input", { value: route.url.replace(/^\w+:\/\/[^/]*/, ""), spellcheck: "false", class: "code" });
  const headers = element("textarea", { rows: Math.max(2, lines.length), spellcheck: "false" }, lines.join("\n"));
  const prefer = element("input", { list: "preferences", placeholder: "code=503, delay=1500", class: "code" });
  const text = readable(route.body?.text ?? "", route.body?.mediaType);
  const body = element("textarea", { rows: Math.min(16, text.split("\n").length + 1), spellcheck: "false" }, text);
  const hasBody = route.body || BODY_METHODS.includes(route.method);
  const output = element("div", { class: "output" });
  const stop = element("button", { type: "button", hidden: true }, "Stop");
  const request = () => requestOf(route.method, url.value, headers.value, prefer.value, hasBody ? body.value : "");
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
    guarded(() => send(request(), output, stop))();
  });
  return form;
}

function requestOf(method, path, headerText, prefer, body) {
  if (!path.startsWith("/")) throw new Error("The path must begin with a slash.");
  const headers = headerText
    .split("\n")
    .filter((line) => line.trim())
    .map((line) => {
      const colon = line.indexOf(":");
      if (colon < 1) throw new Error(`A header line is "Name: value", not ${JSON.stringify(line)}.`);
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    });
  if (prefer.trim()) headers.push(["Prefer", prefer.trim()]);
  if (chosen.session) headers.push(["Signoff-Session", chosen.session]);
  return { method, url: location.origin + path, headers, body };
}

/** Pages can't send the header `Cookie`, so its cookies are set for the mock's origin. */
function withoutCookies(headers) {
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== "cookie") continue;
    for (const cookie of value.split(";")) document.cookie = `${cookie.trim()}; path=/; SameSite=Strict`;
  }
  return headers.filter(([name]) => name.toLowerCase() !== "cookie");
}

/** Sends a request and shows its response as it arrives. */
async function send({ method, url, headers, body }, output, stop) {
  const controller = new AbortController();
  stop.onclick = () => controller.abort();
  stop.hidden = false;
  say("");
  const started = performance.now();
  output.replaceChildren(element("p", { class: "note" }, "Waiting for the response…"));
  try {
    const options = { method, headers: withoutCookies(headers), signal: controller.signal, redirect: "manual" };
    if (body) options.body = body;
    const response = await fetch(url, options);
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
