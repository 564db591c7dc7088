// What the desk knows and shows. Views watch parts of it and draw themselves anew when those change.

import { t } from "../texts.js";

export const config = {
  ...JSON.parse(document.getElementById("desk-config").textContent),
  loaded_at: Date.now(),
};

export const state = {
  /** Code of the township shown, "" for the whole county. */
  township: config.township,
  date: config.date,
  /** Answers of the API; null while unknown. */
  day: null,
  /** What the draft breaks; null while that is unknown. */
  findings: null,
  ownership: null,
  county: null,
  styles: null,
  villages: null,
  incidents: null,
  /** Incidents fetched one by one, by id: those of the picture of a period; null where there is none. */
  matters: {},
  /** The picture of incidents over a period, see spread.js; null while it is closed. */
  spread: null,
  places: null,
  roads: null,
  routes: null,
  difference: null,
  /** Which plan is shown: "draft" or "published". */
  view: "draft",
  /** {kind: "stop"|"village"|"incident"|"squad"|"ownership"|"compare", id} or null. */
  selection: null,
  /** {edit, words, result, problem} while a change is looked at. */
  preview: null,
  /** The running job as the API gives it. */
  job: null,
  /** {message, edit} after somebody else was faster. */
  conflict: null,
  /** {message} when the day could not be loaded. */
  failure: null,
  /** Whether a request that changes something is on its way. */
  saving: false,
  /** Whether the next click on the map adds a stop (true), or picks a road to close (by what it is called). */
  adding: false,
  /** Closed roads of the day; null while unknown. */
  closures: null,
  /** {draft, answer, running, problem}: what would help the draft of that id, see relief.js; null before. */
  relief: null,
  /** Roads chosen to be closed, null for none. */
  chosen: null,
};

const watchers = [];
let changed = new Set();

/** Call back whenever one of the keys has changed, once for all changes of one turn. */
export function watch(keys, callback) {
  watchers.push({ keys, callback });
}

/** Change parts of the state. */
export function set(patch) {
  for (const [key, value] of Object.entries(patch)) {
    if (state[key] === value) continue;
    state[key] = value;
    if (changed.size === 0) queueMicrotask(notify);
    changed.add(key);
  }
}

function notify() {
  const now = changed;
  changed = new Set();
  for (const { keys, callback } of watchers) if (keys.some((key) => now.has(key))) callback(now);
}

/** The plan to show: what a change would give, else draft or published; null where there is none. */
export function shownPlan() {
  if (state.preview?.result) return state.preview.result.plan;
  if (!state.day) return null;
  const published = state.day.published_same ? state.day.draft : state.day.published;
  return state.view === "published" ? (published ?? null) : state.day.draft;
}

/** Ids of the shown plan's stops: on the map they stand for their place or incident. */
export function plannedStops() {
  const plan = shownPlan();
  return new Set([
    ...(plan?.squads ?? []).flatMap((squad) => squad.visits.map((visit) => visit.stop.id)),
    ...(plan?.unassigned ?? []).map((item) => item.stop.id),
  ]);
}

/** Whether the draft may be changed now by this user. */
export function editable() {
  return config.can_edit && state.view === "draft" && !state.job && !state.saving && !state.conflict;
}

/** Where a stop stands in the shown plan: {stop, squad, visit, position} or {stop, left} or null. */
export function findStop(id, plan = shownPlan()) {
  for (const squad of plan?.squads ?? []) {
    const position = squad.visits.findIndex((visit) => visit.stop.id === id);
    if (position >= 0)
      return { stop: squad.visits[position].stop, squad, visit: squad.visits[position], position };
  }
  const left = plan?.unassigned.find((item) => item.stop.id === id);
  return left ? { stop: left.stop, left } : null;
}

/** The squad of that id in the shown plan. */
export const findSquad = (id) => shownPlan()?.squads.find((squad) => squad.id === id) ?? null;

/** How squads of that number are drawn. */
export const squadStyle = (number) => state.styles.squads[(number - 1) % state.styles.squads.length];

/** A breach in words, with the squad it is about. */
export function findingWords(finding) {
  const squad = finding.squad_id ? findSquad(finding.squad_id) : null;
  return squad ? t("desk.of_squad", { n: squad.number, text: finding.text }) : finding.text;
}

const leads = new WeakMap();

/** Who leads a village by the ownership being worked on: {id, name} or null; as the map's data say without one. */
export function leadOf({ code, owner, owner_name }) {
  const plan = state.ownership?.draft ?? state.ownership?.published;
  if (!plan) return owner ? { id: owner, name: owner_name } : null;
  if (!leads.has(plan)) {
    const found = plan.responsibilities.filter((item) => item.role === "lead");
    leads.set(
      plan,
      new Map(found.map((item) => [item.village, { id: item.officer, name: item.officer_name }])),
    );
  }
  return leads.get(plan).get(code) ?? null;
}

/** Name of an officer of the township. */
export const personName = (id) => state.day?.people[id]?.name ?? id;
