// "Something happened": what did, then the rest of the day planned anew, looked at, kept or thrown away.

import { api } from "../api.js";
import { toast } from "../app.js";
import { t } from "../texts.js";
import { chosenClosures, closuresForm, forgetChosen, loadClosures } from "./closures.js";
import { dayPath } from "./data.js";
import { button, h } from "./dom.js";
import { ofRest } from "./edits.js";
import { clock, clockOf, moment } from "./format.js";
import { refuse, watched } from "./jobs.js";
import { facts, heading, jump, part, squadBadge } from "./parts.js";
import { config, editable, findStop, personName, set, squadStyle, state, watch } from "./store.js";

const opener = document.getElementById("open-replan");
const OPEN = new Set(["reported", "escalated"]);
const KINDS = ["added", "moved", "dropped", "reordered", "retimed", "kept"];
const MINUTE = 60_000;

const nothing = () => ({ now: null, incidents: new Set(), late: new Map(), gone: new Set() });
let wish = nothing();

/** Whether there is a plan squads follow, so that its rest can be planned anew. */
export const possible = () => Boolean(state.day?.published_id && state.day.draft?.stage === "routes");

const nowMinute = () => (config.now_minute + Math.floor((Date.now() - config.loaded_at) / MINUTE)) % 1440;
const nowShown = () => wish.now ?? clockOf(nowMinute());

/** Open the form, with an incident chosen already. */
function open(incident = null) {
  if (incident) wish.incidents.add(incident);
  set({ selection: { kind: "replan", id: "" } });
}

/** A button at an incident: call a squad there today. */
export function callButton(id, found) {
  const open_ = state.incidents?.features.some(
    ({ properties }) => properties.id === id && OPEN.has(properties.state),
  );
  if (!config.can_edit || !open_ || !possible() || found?.visit?.done) return null;
  return h(
    "div",
    { class: "detail-actions" },
    button(t("replan.call"), () => open(id), { data: { key: "call-squad" }, disabled: !editable() }),
  );
}

function request() {
  const { day } = state;
  const own = wish.now !== null || state.date !== config.today;
  return {
    preview: true,
    version: day.version,
    now: own ? nowShown() : null,
    incidents: [...wish.incidents],
    late: [...wish.late].map(([squad, minutes]) => ({ squad, minutes })),
    gone: [...wish.gone],
    closed: chosenClosures(),
  };
}

/** What the rest of the day would be; null where nothing was found, which is said then. */
async function ask() {
  if (!editable() || !possible()) return null;
  const path = dayPath();
  const job = await watched("replan", () => api("POST", `${path}/replan`, request()));
  if (!job || path !== dayPath()) return null;
  if (job.state !== "done") {
    toast(job.error_text ?? t("desk.job_cancelled"), job.state === "failed" ? "danger" : "warning");
    return null;
  }
  try {
    const answer = `${path}/replan/${encodeURIComponent(job.id)}`;
    const [found, routes] = await Promise.all([api("GET", answer), api("GET", `${answer}/routes.geojson`)]);
    return path === dayPath() ? { ...found, routes, job_id: job.id } : null;
  } catch (problem) {
    refuse(problem);
    return null;
  }
}

/** Look at what was found, to keep it or to throw it away. */
export function showRest(found) {
  const words = t("replan.found", { time: clock(found.now) });
  // Everything found belongs to the new plan: there is nothing older to compare it with.
  const result = { ...found, new_findings: found.findings };
  set({
    preview: { edit: { action: "replan", job: found.job_id }, words, result },
    selection: { kind: "replan", id: "" },
  });
}

async function look() {
  const found = await ask();
  if (found) showRest(found);
}

/** What sending a squad to an incident would do to the rest of today; null where that is not known. */
export function effectOf(incident) {
  wish.incidents.add(incident);
  return ask();
}

function check(set_, id, words, ...more) {
  const change = (event) => (event.target.checked ? set_.add(id) : set_.delete(id));
  return h(
    "label",
    { class: "replan-choice" },
    h("input", {
      type: "checkbox",
      class: "form-check-input",
      checked: set_.has(id),
      data: { key: `choose-${id}`, choose: id },
      on: { change },
    }),
    h("span", { class: "replan-words" }, words),
    more,
  );
}

function incidentChoices() {
  const rows = (state.incidents?.features ?? [])
    .map((feature) => feature.properties)
    .filter(({ id, state: its }) => OPEN.has(its) && !findStop(`incident:${id}`)?.visit?.done)
    .sort(
      (a, b) => Number(b.urgent) - Number(a.urgent) || (b.reported_at ?? "").localeCompare(a.reported_at ?? ""),
    );
  if (!rows.length) return h("p", { class: "nothing" }, t("replan.no_incidents"));
  return h(
    "div",
    { class: "replan-list" },
    rows.map((item) => {
      const squad = findStop(`incident:${item.id}`)?.squad;
      return check(
        wish.incidents,
        item.id,
        [item.category || t("desk.kind_incident"), h("span", { class: "stop-sub" }, moment(item.reported_at))],
        item.urgent && h("span", { class: "tag tag-bad" }, t("desk.urgent")),
        squad && h("span", { class: "tag tag-plain" }, t("desk.squad", { n: squad.number })),
      );
    }),
  );
}

const badge = (squad) => squadBadge(squad.number, squadStyle(squad.number).colour);

function lateRow(squad) {
  const change = (event) => {
    const minutes = Math.min(600, Math.max(0, Math.round(Number(event.target.value) || 0)));
    if (minutes) wish.late.set(squad.id, minutes);
    else wish.late.delete(squad.id);
    event.target.value = minutes || "";
  };
  const words = t("replan.late_of", { n: squad.number });
  return h(
    "label",
    { class: "replan-late" },
    badge(squad),
    h("input", {
      type: "number",
      class: "form-control form-control-sm",
      min: 0,
      max: 600,
      step: 5,
      placeholder: "0",
      value: wish.late.get(squad.id) ?? "",
      "aria-label": words,
      title: words,
      data: { key: `late-${squad.id}`, late: squad.number },
      on: { change },
    }),
  );
}

function goneRow(squad) {
  return h(
    "div",
    { class: "replan-crew" },
    badge(squad),
    squad.members.map((id) => check(wish.gone, id, personName(id))),
  );
}

function form() {
  const { squads } = state.day.draft;
  const time = h("input", {
    type: "time",
    class: "form-control form-control-sm",
    value: nowShown(),
    required: true,
    "aria-label": t("replan.now"),
    data: { key: "replan-now" },
    id: "replan-now",
    on: { change: (event) => (wish.now = event.target.value || null) },
  });
  return [
    part(t("replan.incidents"), incidentChoices()),
    part(
      t("replan.late"),
      h("div", { class: "replan-lates" }, squads.map(lateRow)),
    ),
    part(t("replan.gone"), squads.map(goneRow)),
    part(t("replan.closed"), closuresForm()),
    part(t("replan.now"), h("div", { class: "replan-time" }, time, h("span", {}, t("replan.now_hint")))),
    h(
      "div",
      { class: "detail-actions replan-go" },
      button(t("replan.look"), look, {
        class: "btn btn-primary",
        id: "look-replan",
        disabled: !editable(),
        data: { key: "look-replan" },
      }),
      button(t("replan.clear"), clear, { data: { key: "clear-replan" } }),
    ),
  ];
}

function clear() {
  wish = nothing();
  forgetChosen();
  set({ chosen: null, selection: { kind: "replan", id: "" } });
}

const side = (squad, start) => [t("desk.squad", { n: squad }), clock(start)].join(" ");

function words(change) {
  const before = change.squad_before && side(change.squad_before, change.start_before);
  const after = change.squad_after && side(change.squad_after, change.start_after);
  if (change.kind === "retimed" || change.kind === "reordered")
    return `${before} → ${clock(change.start_after)}`;
  if (change.kind === "dropped") return [before, change.reason_text].join("：");
  return [before, after].filter(Boolean).join(" → ");
}

function changeRow(change) {
  return h(
    "li",
    { class: `change is-${change.kind}`, data: { change: change.kind } },
    jump("stop", change.stop_id, change.name),
    h("span", { class: "why" }, change.kind === "kept" ? side(change.squad_after, change.start_after) : words(change)),
  );
}

function group(kind, changes) {
  const rows = changes.filter((change) => change.kind === kind);
  if (!rows.length) return null;
  const title = t("replan.group", { kind: t(`replan.kind_${kind}`), n: rows.length });
  const list = h("ul", { class: "plain-list changes" }, rows.map(changeRow));
  // What stays as it was is there for whoever wants to be sure.
  if (kind === "kept") return h("details", { class: "detail-part" }, h("summary", {}, title), list);
  return part(title, list);
}

function difference({ told, ahead, rest, disturbed, late_minutes, changes }) {
  const later = Math.round(late_minutes / Math.max(1, ahead.visits));
  return [
    facts(
      [t("desk.stops"), `${told.visits} → ${ahead.visits}`],
      [t("desk.prize"), `${told.prize} → ${ahead.prize}`],
      [t("replan.rest_prize"), String(rest.prize)],
      [t("desk.driving"), t("desk.minutes", { n: `${told.travel_minutes} → ${ahead.travel_minutes}` })],
      [t("replan.disturbed"), t("replan.stops", { n: disturbed })],
      [t("replan.later"), later > 0 ? t("desk.minutes", { n: later }) : null],
    ),
    KINDS.map((kind) => group(kind, changes)),
  ];
}

/** The view of the rest of the day: the form, or the difference while that is looked at. */
export function replanView() {
  if (ofRest(state.preview?.edit) && state.preview.result)
    return [heading(t("replan.difference"), state.preview.words), ...difference(state.preview.result)];
  const head = heading(t("replan.title"), t("replan.sub"));
  if (!possible())
    return [
      head,
      h("p", { class: "nothing" }, t("replan.not_published")),
      part(t("replan.closed"), closuresForm()),
    ];
  return [head, ...form()];
}

opener?.addEventListener("click", () => {
  if (state.selection?.kind === "replan") set({ selection: null });
  else open();
});

/** What happened is answered; the next time begins with an empty form. */
export function answered() {
  wish = nothing();
  forgetChosen();
  set({ chosen: null, selection: null });
  toast(t("replan.kept"));
  loadClosures().catch((problem) => toast(problem.message, "danger"));
}

watch(["day", "selection", "township", "date", "job", "saving", "view", "conflict"], (changed) => {
  if (changed.has("township") || changed.has("date")) wish = nothing();
  if (!opener) return;
  opener.disabled = !state.day || !editable();
  opener.setAttribute("aria-expanded", String(state.selection?.kind === "replan"));
});
