// The routes, each with a form to try it.
const target = {
  base: () => location.origin,
  headers: () => (chosen.session ? [["Signoff-Session", chosen.session]] : []),
  withoutCookies,
};

const methodBadge = (method) => element("span", { class: `method ${method.toLowerCase()}` }, method);

function showRoutes(routes) {
  document.body.append(preferenceList());
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
  const url = route.url.replace(/^\w+:\/\/[^/]*/, "");
  return element("li", { "data-text": text }, foldable(summary, () => tryForm({ ...route, url }, target)));
}

/** Pages can't send the header `Cookie`, so its cookies are set for the mock's origin. */
function withoutCookies(headers) {
  for (const [name, value] of headers) {
    if (name.toLowerCase() !== "cookie") continue;
    for (const cookie of value.split(";")) document.cookie = `${cookie.trim()}; path=/; SameSite=Strict`;
  }
  return headers.filter(([name]) => name.toLowerCase() !== "cookie");
}
