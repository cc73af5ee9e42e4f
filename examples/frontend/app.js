// Two views over the museum API: `#/` lists the events and creates one, `#/ID` shows one and deletes it.

const api = new URLSearchParams(location.search).get("api") ?? "http://127.0.0.1:4010/api";
const headers = { Authorization: `Basic ${btoa("visitor:welcome")}`, "Content-Type": "application/json" };

const listView = document.querySelector("#list");
const eventView = document.querySelector("#event");
const alertLine = document.querySelector("[role=alert]");
const form = listView.querySelector("form");

async function request(path, options = {}) {
  const response = await fetch(api + path, { headers, ...options });
  if (response.status === 204) return null;
  const body = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${body.title}`);
  return body;
}

const eventPath = (id) => `/special-events/${encodeURIComponent(id)}`;

async function showList() {
  const events = await request("/special-events?limit=30");
  listView.querySelector("ul").replaceChildren(
    ...events.map(({ eventId, name, price }) => {
      const link = document.createElement("a");
      link.href = `#/${eventId}`;
      link.textContent = name;
      const row = document.createElement("li");
      row.append(link, ` (${price})`);
      return row;
    }),
  );
  listView.hidden = false;
}

async function showEvent(id) {
  const event = await request(eventPath(id));
  eventView.querySelector("h2").textContent = event.name;
  eventView.querySelector(".description").textContent = event.eventDescription;
  eventView.querySelector(".place").textContent = `${event.location}, ${event.dates.join(", ")}, ${event.price}`;
  eventView.hidden = false;
}

const selectedId = () => location.hash.slice(2);

async function show() {
  listView.hidden = eventView.hidden = true;
  alertLine.textContent = "";
  await (selectedId() ? showEvent(selectedId()) : showList());
}

async function createEvent() {
  const { date, price, ...rest } = Object.fromEntries(new FormData(form));
  const event = { ...rest, dates: [date], price: Number(price) };
  const created = await request("/special-events", { method: "POST", body: JSON.stringify(event) });
  form.reset();
  location.hash = `#/${created.eventId}`;
}

async function deleteEvent() {
  await request(eventPath(selectedId()), { method: "DELETE" });
  location.hash = "#/";
}

const reportErrors = (action) => (event) => {
  event?.preventDefault();
  action().catch((error) => { alertLine.textContent = error.message; });
};

form.addEventListener("submit", reportErrors(createEvent));
eventView.querySelector("button").addEventListener("click", reportErrors(deleteEvent));
window.addEventListener("hashchange", reportErrors(show));
reportErrors(show)();
