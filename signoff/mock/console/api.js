// The control API. Cookies are left out of its calls, so that the chosen session is the one that counts.
const PREFIX = "/__signoff";
const chosen = { session: "", token: "" };

/** The session of the cookie that the app under test may have set: the console begins with it. */
function sessionOfCookie() {
  const found = document.cookie.split("; ").find((each) => each.startsWith("Signoff-Session="));
  return found ? found.slice("Signoff-Session=".length) : "";
}

class TokenError extends Error {}

function controlHeaders(session = chosen.session) {
  const headers = { Accept: "application/json" };
  if (session) headers["Signoff-Session"] = session;
  if (chosen.token) headers.Authorization = `Bearer ${chosen.token}`;
  return headers;
}

/** Calls the control API; its JSON, or null. */
async function call(method, path, body, parse = JSON.parse) {
  const headers = controlHeaders();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(PREFIX + path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: "omit",
  }).catch(() => {
    throw new Error("The mock does not respond.");
  });
  const text = await response.text();
  check(response, text);
  return text ? parse(text) : null;
}

function check(response, text = "") {
  if (response.status === 401) {
    byId("token-form").hidden = false;
    throw new TokenError(chosen.token ? "The control token is wrong: enter it again." : "The mock was started with --control-token: enter the token.");
  }
  if (!response.ok) throw new Error(problem(response, text));
}

/** Problem Details in one sentence. */
function problem(response, text) {
  try {
    const { title, detail = title, errors = [] } = JSON.parse(text);
    const places = errors.slice(0, 5).map((each) => `${each.pointer ?? each.parameter ?? ""} ${each.detail}`.trim());
    return [detail, ...places].join(" · ");
  } catch {
    return `The control API responded with ${response.status}.`;
  }
}

/** The events of a stream of server-sent events. */
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const data = part.split("\n").filter((line) => line.startsWith("data: "));
      if (data.length) yield JSON.parse(data.map((line) => line.slice(6)).join("\n"));
    }
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Follows the journal of all sessions for as long as the page is open. `restart` gets the entries that there
 * are, also after the mock was restarted; `add` gets each new one.
 */
async function follow(restart, add, lost) {
  for (;;) {
    try {
      const { entries, dropped } = await call("GET", "/journal?session=*&limit=500");
      restart(entries, dropped);
      let last = entries.at(-1)?.id ?? 0;
      for (;;) {
        const headers = { ...controlHeaders(""), Accept: "text/event-stream", "Last-Event-ID": String(last) };
        const response = await fetch(`${PREFIX}/journal/stream?session=*`, { headers, credentials: "omit" });
        check(response);
        for await (const entry of eventsOf(response.body)) {
          last = entry.id;
          add(entry);
        }
      }
    } catch (error) {
      if (error instanceof TokenError) return say(error.message, true);
      lost();
      await pause(2000);
    }
  }
}
