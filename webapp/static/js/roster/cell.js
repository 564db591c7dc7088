// The chosen cell: the day's squads, how the cell can be turned over lawfully, and absences.

import { api } from "../api.js";
import { toast } from "../app.js";
import { button, h, refill } from "../desk/dom.js";
import { t } from "../texts.js";
import { canChange } from "./grid.js";
import { base, config, dayOf, load, lockOf, nameOf, person, place, set, state, take } from "./state.js";
import { dayWords, exchangeWords } from "./words.js";

const SHOWN = 6;
let ways = null;
let asked = 0;

const say = (problem) => toast([problem.message, ...problem.problems.map((row) => row.reason)].join(" "), "danger");

async function change(path, body) {
  if (state.saving) return;
  set({ saving: true });
  try {
    take(await api("PUT", `${base}${path}`, body));
  } catch (problem) {
    say(problem);
    if (problem.status === 409) await load();
  } finally {
    set({ saving: false });
  }
}

const decide = (more) => change("/cell", { ...more, day: state.cell.day, officer: state.cell.officer, version: state.roster.version });

function option(verdict) {
  const { other, kind } = turned(verdict);
  const how = verdict.unsettled ? t("roster.ui.unsettled") : t(verdict.unfairness > 0 ? "roster.ui.less_fair" : verdict.unfairness < 0 ? "roster.ui.fairer" : "roster.ui.as_fair");
  return h(
    "li",
    {},
    button(exchangeWords(verdict), () => decide({ kind, other, back: verdict.back }), { class: "btn btn-sm btn-outline-primary", disabled: state.saving, data: { key: `way-${other}-${verdict.back}` } }),
    h("small", {}, [how, ...verdict.notes].join(" · ")),
  );
}

function turned(verdict) {
  const mine = verdict.giver === state.cell.officer;
  return { other: mine ? verdict.taker : verdict.giver, kind: mine ? "free" : "duty" };
}

function waysShown() {
  if (!ways) return h("p", { class: "text-secondary" }, t("roster.ui.looking"));
  if (ways.problem) return h("p", { class: "text-danger" }, ways.problem);
  const title = t(ways.on_duty ? "roster.ui.ways_out" : "roster.ui.ways_in");
  const alone = button(t(ways.on_duty ? "roster.ui.alone_off" : "roster.ui.alone_on"), () => decide({ kind: ways.on_duty ? "free" : "duty", alone: true }), { title: t("roster.ui.alone_title"), disabled: state.saving, data: { key: "alone" } });
  return h(
    "div",
    { class: "ways" },
    h("h3", {}, title),
    ways.options.length ? h("ul", { class: "plain-list" }, ways.options.slice(0, SHOWN).map(option)) : h("p", { class: "text-secondary" }, t(ways.barred.length ? "roster.ui.no_way" : ways.on_duty ? "roster.ui.nobody_free" : "roster.ui.nobody_serves")),
    ways.barred.length ? h("ul", { class: "barred" }, ways.barred.map((row) => h("li", {}, h("strong", {}, row.name), " ", row.reason_text))) : null,
    alone,
  );
}

function squads(day) {
  if (!day.rostered) return h("p", { class: "text-secondary" }, t("roster.ui.not_rostered"));
  const agency = (id) => person(id)?.agency_name ?? "";
  const member = (squad, id) => h("li", { class: id === state.cell.officer ? "is-me" : "" }, nameOf(id), squad?.leader === id ? h("b", { class: "flag" }, t("roster.ui.leader")) : null, h("small", {}, agency(id)));
  const items = day.squads.map((squad) =>
    h(
      "div",
      { class: "squad" },
      h("h4", {}, h("span", { class: `duty squad-${((squad.number - 1) % 8) + 1}` }, String(squad.number)), t("roster.ui.squad", { number: squad.number }), squad.vehicle ? h("small", {}, squad.vehicle) : null),
      h("ul", { class: "plain-list" }, squad.members.map((id) => member(squad, id))),
      squad.patrol_only ? h("p", { class: "text-warning-emphasis" }, squad.reason_text ?? t("roster.ui.patrol_only")) : h("p", { class: "text-secondary" }, t("roster.ui.may_enforce", { scopes: squad.scopes.join("、") })),
    ),
  );
  if (day.reserve.length) items.push(h("div", { class: "squad" }, h("h4", {}, t("roster.ui.reserve")), h("ul", { class: "plain-list" }, day.reserve.map((id) => member(null, id)))));
  const remarks = [...day.short.map((row) => row.reason_text), ...day.notes];
  if (remarks.length) items.push(h("ul", { class: "remarks" }, [...new Set(remarks)].map((words) => h("li", {}, words))));
  return items;
}

function absence(one, day) {
  if (!config.can_edit) return null;
  const now = one.away[day.date];
  const why = h("select", { class: "form-select form-select-sm", id: "absence-why", "aria-label": t("roster.ui.absence_why") }, ["leave", "seconded", "training", "sick"].map((key) => h("option", { value: key, selected: key === (now ?? "leave") }, t(`roster.absent.${key}`))));
  const until = h("input", { class: "form-control form-control-sm", type: "date", id: "absence-last", value: day.date, min: day.date, required: true, "aria-label": t("roster.ui.absence_last") });
  const send = (event) => {
    event.preventDefault();
    change("/absence", { officer: one.id, first: day.date, last: until.value, status: why.value });
  };
  return h(
    "details",
    { class: "absence", open: Boolean(now) },
    h("summary", {}, t("roster.ui.absence")),
    h("form", { on: { submit: send } }, why, h("label", { for: "absence-last" }, t("roster.ui.absence_until")), until, h("button", { type: "submit", class: "btn btn-sm btn-outline-secondary", disabled: state.saving }, t("roster.ui.absence_save"))),
    now ? button(t("roster.ui.absence_back"), () => change("/absence", { officer: one.id, first: day.date, last: day.date, status: null }), { disabled: state.saving, data: { key: "absence-back" } }) : null,
  );
}

/** Ask how the chosen cell can be turned over; an answer for another cell or an older roster is dropped. */
export async function lookAtCell() {
  asked += 1;
  const mine = asked;
  ways = null;
  const day = state.cell && dayOf(state.cell.day);
  if (!day || !canChange(day)) return;
  try {
    const found = await api("GET", `${base}/cell?${new URLSearchParams({ day: state.cell.day, officer: state.cell.officer })}`);
    if (mine !== asked) return;
    ways = found;
  } catch (problem) {
    if (mine !== asked) return;
    ways = { problem: problem.message };
  }
  set({});
}

/** Draw the pane of the chosen cell. */
export function drawCell(pane) {
  if (!state.cell) {
    refill(pane, h("p", { class: "text-secondary" }, t(state.roster.made ? "roster.ui.choose_cell" : "roster.ui.choose_cell_empty")));
    return;
  }
  const day = dayOf(state.cell.day);
  const one = person(state.cell.officer);
  if (!day || !one) return;
  const where = place(day, one.id);
  const lock = lockOf(day.date, one.id);
  const words = where === "reserve" ? t("roster.ui.in_reserve") : where ? t(where.leader === one.id ? "roster.ui.leads" : "roster.ui.in_squad", { number: where.number }) : t("roster.ui.off_duty");
  const away = one.away[day.date];
  refill(
    pane,
    h("h2", {}, `${one.name} · ${dayWords(day.date)}`),
    h("p", {}, [day.name, words, away ? t(`roster.absent.${away}`) : ""].filter(Boolean).join(" · ")),
    lock ? h("p", { class: "locked" }, t(`roster.ui.lock_${lock.source}`), canChange(day) ? button(t("roster.ui.unlock"), () => decide({ kind: "open" }), { disabled: state.saving, data: { key: "unlock" } }) : null) : null,
    !lock && canChange(day) ? h("p", {}, button(t(where ? "roster.ui.keep_on" : "roster.ui.keep_off"), () => decide({ kind: where ? "duty" : "free" }), { disabled: state.saving, title: t("roster.ui.keep_title"), data: { key: "keep" } })) : null,
    canChange(day) ? waysShown() : day.rostered ? h("p", { class: "text-secondary" }, t(day.open ? "roster.ui.look_only" : "roster.ui.day_closed")) : null,
    absence(one, day),
    h("h3", {}, t("roster.ui.day_squads", { day: dayWords(day.date) })),
    squads(day),
  );
}
