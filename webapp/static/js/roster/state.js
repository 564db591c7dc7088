// What the page of a month holds. An answer that comes after a newer question is dropped.

import { api } from "../api.js";

export const config = JSON.parse(document.getElementById("roster-config").textContent);

export const state = {
  month: config.month,
  view: "draft",
  roster: null,
  /** {day, officer} of the chosen cell, null where none is. */
  cell: null,
  tab: "cell",
  /** Whether weekends and public holidays are rostered too. */
  offDays: true,
  job: null,
  saving: false,
};

const listeners = [];

/** Call a function after every change. */
export function onChange(listener) {
  listeners.push(listener);
}

/** Change the state and draw. */
export function set(changes) {
  Object.assign(state, changes);
  for (const listener of listeners) listener(state);
}

export const base = `/rosters/${encodeURIComponent(config.township)}`;

let asked = 0;

/** Fetch the month shown. */
export async function load() {
  asked += 1;
  const mine = asked;
  const query = new URLSearchParams({ month: state.month, view: state.view });
  const roster = await api("GET", `${base}?${query}`);
  if (mine === asked) set({ roster });
}

/** Take the answer of a change as the month; what was asked for before is out of date. */
export function take(roster) {
  asked += 1;
  set({ roster, view: "draft" });
}

export const person = (id) => state.roster.people.find((one) => one.id === id);
export const nameOf = (id) => person(id)?.name ?? id;
export const dayOf = (date) => state.roster.days.find((one) => one.date === date);

/** The squad of somebody on a day; "reserve" in reserve; null off duty. */
export function place(day, officer) {
  const squad = day.squads.find((one) => one.members.includes(officer));
  if (squad) return squad;
  return day.reserve.includes(officer) ? "reserve" : null;
}

/** The lock of a cell, undefined without. */
export const lockOf = (date, officer) => state.roster.locks.find((one) => one.day === date && one.officer === officer);
