// Reading from the server. A newer question makes the answer to an older one worthless.

import { api } from "../api.js";
import { config, set, state } from "./store.js";

const query = (parts) => new URLSearchParams(parts).toString();
export const dayPath = () => `/days/${encodeURIComponent(state.township)}/${state.date}`;
let turn = 0;
let inFlight = new AbortController();

async function read(path, signal) {
  return api("GET", path, undefined, { signal });
}

function report(problem) {
  if (problem.name === "AbortError") return;
  set({ failure: { message: problem.message } });
}

/** Load everything for the township and day in the state; earlier loads are dropped. */
export async function loadAll() {
  inFlight.abort();
  inFlight = new AbortController();
  const { signal } = inFlight;
  const mine = ++turn;
  set({
    day: null,
    findings: null,
    ownership: null,
    county: null,
    villages: null,
    incidents: null,
    matters: {},
    places: null,
    roads: null,
    routes: null,
    difference: null,
    preview: null,
    conflict: null,
    failure: null,
    selection: null,
    view: "draft",
    adding: false,
  });
  const keep = (key) => (value) => {
    if (mine === turn) set({ [key]: value });
  };
  const here = { township: state.township };
  const dated = { ...here, date: state.date };
  const wanted = [];
  if (!state.styles) wanted.push(read("/map/styles.json").then((styles) => set({ styles })));
  if (state.township) {
    wanted.push(
      read(`/map/villages.geojson?${query(dated)}`, signal).then(keep("villages")),
      read(dayPath(), signal).then(keep("day")).then(loadPlanParts),
      read(`/ownership/${encodeURIComponent(state.township)}`, signal).then(keep("ownership")),
      read(`/map/incidents.geojson?${query(dated)}`, signal).then(keep("incidents")),
      read(`/map/places.geojson?${query(here)}`, signal).then(keep("places")),
    );
    if (config.has_roads) wanted.push(read(`/map/roads.geojson?${query(here)}`, signal).then(keep("roads")));
  } else {
    wanted.push(
      read(`/map/villages.geojson?${query({ date: state.date })}`, signal).then(keep("villages")),
      read(`/days?${query({ date: state.date })}`, signal).then(keep("county")),
    );
  }
  await Promise.all(wanted.map((promise) => promise.catch(report)));
}

/** What belongs to the draft: routes on the map, breaches, the difference to what is published. */
export async function loadPlanParts() {
  const { day } = state;
  const shown = state.view === "published" ? day?.published_id : day?.draft_id;
  if (!shown) {
    set({ routes: null, findings: [], difference: null });
    return;
  }
  const mine = turn;
  const fresh = () => mine === turn && state.day === day;
  const parts = [
    read(`${dayPath()}/routes.geojson?which=${state.view}`).then((routes) => fresh() && set({ routes })),
    read(`${dayPath()}/findings`).then((answer) => fresh() && set({ findings: answer })),
  ];
  if (day.published_id && day.published_id !== day.draft_id) {
    parts.push(read(`${dayPath()}/difference`).then((difference) => fresh() && set({ difference })));
  } else {
    set({ difference: null });
  }
  await Promise.all(parts.map((promise) => promise.catch(report)));
}

/** Take a day the server gave back after a change. */
export async function takeDay(day) {
  set({ day, findings: null, preview: null, conflict: null });
  await loadPlanParts();
}

/** Ask for the day again, for example after a job or after somebody else was faster. */
export async function reloadDay() {
  const mine = turn;
  const day = await read(dayPath());
  if (mine === turn) await takeDay(day);
}

/** Ask for the owners again, and for the villages that are coloured by them. */
export async function reloadOwnership() {
  const mine = turn;
  const [ownership, villages] = await Promise.all([
    read(`/ownership/${encodeURIComponent(state.township)}`),
    read(`/map/villages.geojson?${query({ township: state.township, date: state.date })}`),
  ]);
  if (mine === turn) set({ ownership, villages });
}

const histories = new Map();

/** A village's past up to the day shown, remembered while the page is open. */
export function villageHistory(code) {
  const key = `${code}@${state.date}`;
  if (!histories.has(key)) {
    const asked = read(`/villages/${encodeURIComponent(code)}/history?${query({ date: state.date })}`);
    asked.catch(() => histories.delete(key));
    histories.set(key, asked);
  }
  return histories.get(key);
}

/** Ask for the incidents again, after a step changed what became of one. */
export async function reloadIncidents() {
  if (!state.township) return;
  const mine = turn;
  const dated = { township: state.township, date: state.date };
  const incidents = await read(`/map/incidents.geojson?${query(dated)}`);
  if (mine === turn) set({ incidents, matters: {} });
}

/** Fetch an incident the day's layer does not hold, into the state's `matters`. */
export async function loadMatter(id) {
  if (id in state.matters) return;
  set({ matters: { ...state.matters, [id]: undefined } });
  const mine = turn;
  const found = await read(`/map/incidents/${encodeURIComponent(id)}`).catch(() => null);
  if (mine === turn) set({ matters: { ...state.matters, [id]: found } });
}

/** Incidents reported in a period, as points; all townships' where none is chosen. */
export function incidentPoints({ from, to }, signal) {
  const where = state.township ? { township: state.township } : {};
  return read(`/map/incident-points.geojson?${query({ ...where, from, to })}`, signal);
}
