"use strict";

const place = document.getElementById("reference");
const form = document.getElementById("try");
const input = document.getElementById("server");
const KEY = `signoff-server ${location.pathname}`;

// The server that the reader named, for this tab only. A link to the page can't set it.
function namedServer() {
  try {
    return address(sessionStorage.getItem(KEY) || "");
  } catch {
    return null;
  }
}

function address(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) && !url.username && !url.password ? url : null;
  } catch {
    return null;
  }
}

const server = namedServer();

// A second policy; it narrows the first one to this server, or to no server.
const policy = document.createElement("meta");
policy.httpEquiv = "Content-Security-Policy";
policy.content = `connect-src ${server ? server.origin : "'none'"}`;
document.head.append(policy);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  const url = address(text);
  const output = document.getElementById("trying");
  if (text && !url) {
    output.textContent = "Enter an http or https URL without credentials.";
    return;
  }
  try {
    if (url) sessionStorage.setItem(KEY, url.origin + url.pathname.replace(/\/$/, ""));
    else sessionStorage.removeItem(KEY);
    location.reload();
  } catch {
    output.textContent = "Requests need session storage, which this browser blocks for this page.";
  }
});
form.hidden = false;
if (server) {
  input.value = server.href;
  document.body.classList.add("trying");
}
document.getElementById("trying").textContent = server
  ? "“Try it out” is on. To turn it off, clear the URL."
  : "Enter a server, such as your mock, to turn on “Try it out”.";

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withoutServers(value, inner = (part) => part) {
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key]) => key !== "servers");
  return Object.fromEntries(kept.map(([key, part]) => [key, inner(part)]));
}

// The document with the named server in place of its own ones.
function served(spec) {
  if (!server) return spec;
  const path = server.pathname.replace(/\/$/, "");
  if (spec.swagger) return { ...spec, schemes: [server.protocol.slice(0, -1)], host: server.host, basePath: path || "/" };
  const paths = Object.entries(spec.paths || {}).map(([key, item]) => [key, withoutServers(item, (part) => withoutServers(part))]);
  return { ...spec, servers: [{ url: server.origin + path }], paths: Object.fromEntries(paths) };
}

const dark = matchMedia("(prefers-color-scheme: dark)");
function setTheme() {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
}
dark.addEventListener("change", setTheme);
setTheme();

// References inside the document are resolved against its address, which must be one of http(s) even where the
// page is a file. Nothing is fetched from there, and it is not shown.
const withoutAddress = {
  statePlugins: { spec: { wrapSelectors: { url: () => () => "https://document.invalid/" } } },
  wrapComponents: { InfoUrl: () => () => null },
};

SwaggerUIBundle({
  spec: served(JSON.parse(document.getElementById("document").textContent)),
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [withoutAddress],
  deepLinking: true,
  docExpansion: place.dataset.expansion,
  filter: place.dataset.expansion === "list",
  defaultModelExpandDepth: 3,
  supportedSubmitMethods: server ? ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"] : [],
  validatorUrl: null,
});
