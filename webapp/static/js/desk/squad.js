// A squad in the detail pane, and the day's summary that stands there when nothing is selected.

import { t } from "../texts.js";
import { officerMenu, vehicleChoice } from "./crew.js";
import { button, h } from "./dom.js";
import { duration, km } from "./format.js";
import { fitHome } from "./basemap.js";
import { squadRelief } from "./relief.js";
import { facts, heading, jump, part, sentences } from "./parts.js";
import { config, findSquad, findingWords, shownPlan, state } from "./store.js";

function member(id, squad) {
  const person = state.day.people[id];
  if (!person) return h("li", {}, id);
  const until = person.certificate_valid_to ? t("desk.valid_to", { day: person.certificate_valid_to }) : null;
  return h(
    "li",
    { class: "member" },
    h(
      "span",
      {},
      h("strong", {}, person.name),
      id === squad.leader && h("span", { class: "crew-leader" }, t("desk.leader_short")),
    ),
    h(
      "span",
      { class: `tag ${person.certified ? "tag-good" : "tag-plain"}`, title: until },
      t(person.certified ? "desk.certified" : "desk.not_certified"),
    ),
    h("span", { class: "member-agency" }, [person.agency_name, ...person.skills].join(" · ")),
    person.status !== "on_duty" &&
      h("span", { class: "tag tag-bad" }, person.status_text ?? t(`day.status.${person.status}`)),
    config.can_edit && officerMenu(id),
  );
}

/** The view of one squad. */
export function squadView(id) {
  const squad = findSquad(id);
  if (!squad) return [heading(t("desk.gone"), t("desk.gone_hint"))];
  const planned = squad.visits.length > 0;
  const breaches = (state.findings ?? [])
    .filter((finding) => finding.squad_id === id)
    .map((finding) => finding.text);
  return [
    heading(
      t("desk.squad", { n: squad.number }),
      squad.vehicle ?? t("desk.no_vehicle"),
      squad.patrol_only
        ? h("span", { class: "tag tag-warn" }, t("desk.patrol_only"))
        : h("span", { class: "tag tag-good" }, t("desk.lawful")),
    ),
    squad.reason_text && part(t("desk.why_patrol_only"), h("p", { class: "why-left" }, squad.reason_text)),
    squad.patrol_only && squadRelief(),
    facts(
      [t("desk.vehicle"), config.can_edit ? vehicleChoice(squad) : null],
      [t("desk.shift"), `${squad.shift_start.slice(11, 16)}–${squad.shift_end.slice(11, 16)}`],
      [t("desk.departs"), squad.departs?.slice(11, 16)],
      [t("desk.load_name"), planned ? `${Math.round(squad.load * 100)} %` : null],
      [t("desk.stops"), planned ? String(squad.visits.length) : null],
      [t("desk.driving"), planned ? `${duration(squad.travel_seconds)} · ${km(squad.travel_metres)}` : null],
      [t("desk.scopes"), squad.scopes.join("、")],
    ),
    part(
      t("desk.members"),
      h(
        "ul",
        { class: "plain-list members" },
        squad.members.map((id) => member(id, squad)),
      ),
    ),
    part(t("desk.breaches"), sentences(breaches)),
  ];
}

function tile(words, value, sub = null) {
  return h(
    "div",
    { class: "day-tile" },
    h("span", { class: "day-figure" }, value),
    h("span", { class: "day-words" }, words),
    sub && h("span", { class: "day-sub" }, sub),
  );
}

function tiles(plan) {
  const visits = plan.squads.flatMap((squad) => squad.visits);
  const villages = new Set(visits.map((visit) => visit.stop.village_code).filter(Boolean));
  const required = [...visits.map((visit) => visit.stop), ...plan.unassigned.map((item) => item.stop)].filter(
    (stop) => stop.required,
  );
  const met = visits.filter((visit) => visit.stop.required).length;
  return h(
    "div",
    { class: "day-tiles" },
    tile(
      t("desk.squads"),
      String(plan.squads.length),
      t("desk.people", { n: plan.squads.reduce((sum, squad) => sum + squad.members.length, 0) }),
    ),
    tile(t("desk.stops"), String(visits.length), t("desk.villages_reached", { n: villages.size })),
    tile(t("desk.urgent_today"), `${met}/${required.length}`, t("desk.urgent_sub")),
    tile(t("desk.driving"), duration(plan.travel_seconds), km(plan.travel_metres)),
  );
}

function findingRow(finding) {
  const at = finding.stop_id
    ? ["stop", finding.stop_id]
    : finding.squad_id
      ? ["squad", finding.squad_id]
      : null;
  return h(
    "li",
    { class: finding.hard ? "is-hard" : "" },
    at ? jump(...at, findingWords(finding)) : finding.text,
  );
}

function findings() {
  if (!state.findings?.length) return null;
  const [hard, soft] = [true, false].map((kind) => state.findings.filter((finding) => finding.hard === kind));
  return [
    part(
      t("desk.breaches_hard"),
      hard.length && h("ul", { class: "plain-list findings" }, hard.map(findingRow)),
    ),
    part(
      t("desk.breaches_soft"),
      soft.length && h("ul", { class: "plain-list findings" }, soft.map(findingRow)),
    ),
  ];
}

function ownershipHint() {
  if (!state.ownership || state.ownership.state !== "none" || !config.villages) return null;
  const look = () => document.getElementById("open-ownership").click();
  return part(
    t("desk.ownership"),
    h("p", {}, t("desk.ownership_hint")),
    button(t("desk.ownership_open"), look),
  );
}

/** The day at a glance. */
export function summaryView() {
  const { day } = state;
  if (!day) return [h("p", { class: "nothing" }, t("desk.loading"))];
  const plan = shownPlan();
  return [
    h(
      "header",
      { class: "detail-head" },
      h("div", { class: "detail-title" }, h("h2", {}, day.township.name), h("p", {}, day.state_text)),
      button(t("desk.whole_map"), fitHome, {
        class: "btn btn-sm btn-outline-secondary",
        data: { key: "whole-map" },
      }),
    ),
    plan?.stage === "routes" && tiles(plan),
    findings(),
    plan && squadRelief(),
    ownershipHint(),
    plan && part(t("desk.notes"), sentences(plan.notes)),
    part(t("desk.travel_source"), h("p", {}, plan?.travel_method_text || day.roads.text)),
    h("p", { class: "hint" }, t("desk.summary_hint")),
  ];
}
