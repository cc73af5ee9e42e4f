// The page: what the reader chose, and Swagger UI with the forms of the mock's console.
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

const output = document.getElementById("trying");

// Keeps the choice for the page as it is loaded again: a policy can't be widened.
function choose(url) {
  try {
    if (url) sessionStorage.setItem(KEY, url.origin + url.pathname.replace(/\/$/, ""));
    else sessionStorage.removeItem(KEY);
    location.reload();
  } catch {
    output.textContent = "Requests need session storage, which this browser blocks for this page.";
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  const url = address(text);
  if (text && !url) output.textContent = "Enter an http or https URL without credentials.";
  else choose(url);
});
document.getElementById("off").addEventListener("click", () => choose(null));
form.hidden = false;
document.getElementById("off").hidden = !server;
if (server) {
  input.value = base();
  document.body.classList.add("trying");
}
output.textContent = server
  ? "Each operation has a form, prefilled with a valid request."
  : "Start it with `signoff mock DOCUMENT`. The page sends nothing until you press the button.";

function base() {
  return server.origin + server.pathname.replace(/\/$/, "");
}

// The sample requests have the base path of the document; the server's path stands in its place.
const requests = JSON.parse(document.getElementById("requests").textContent);
const target = { base: () => server.origin, headers: () => [], withoutCookies };

function request({ url, ...rest }) {
  const own = place.dataset.basePath;
  const path = server.pathname.replace(/\/$/, "");
  return { ...rest, url: url.startsWith(`${own}/`) ? path + url.slice(own.length) : url };
}

function withoutCookies(headers) {
  const sent = headers.filter(([name]) => name.toLowerCase() !== "cookie");
  if (sent.length < headers.length) throw new Error("A page can't send cookies to another origin: remove the header Cookie, or copy the request as curl.");
  return sent;
}

// A form above the responses of each operation.
const withForms = (Original, { React }) => {
  function Responses(props) {
    const found = server && requests[`${String(props.method).toUpperCase()} ${props.path}`];
    const mount = (node) => {
      if (node && !node.firstChild) node.append(foldable(["Try it against the mock"], () => tryForm(request(found), target)));
    };
    const form = found && React.createElement("div", { className: "try-mock", ref: mount });
    return React.createElement(React.Fragment, null, form, React.createElement(Original, props));
  }
  return Responses;
};
if (server) document.body.append(preferenceList());

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
  wrapComponents: { InfoUrl: () => () => null, responses: withForms },
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
