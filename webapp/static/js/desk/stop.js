// A stop or an incident in the detail pane: what to do there, when, who owns the village, why it is left out.

import { t } from "../texts.js";
import { stopKind } from "./board.js";
import { burdenParts } from "./burden.js";
import { caseParts } from "./case.js";
import { loadMatter } from "./data.js";
import { button, h } from "./dom.js";
import { apply, propose } from "./edits.js";
import { clock, duration, km, moment } from "./format.js";
import { stopRelief } from "./relief.js";
import { callButton } from "./replan.js";
import { facts, heading, jump, part, sentences, squadBadge } from "./parts.js";
import { config, editable, findStop, shownPlan, squadStyle, state } from "./store.js";
import { historyParts } from "./village.js";

function moveSelect(found) {
  const others = shownPlan().squads.filter((squad) => squad.id !== found.squad?.id);
  const move = (event) => {
    if (event.target.value) propose({ action: "move", stop_id: found.stop.id, squad_id: event.target.value });
    event.target.value = "";
  };
  return h(
    "select",
    {
      class: "form-select form-select-sm",
      "aria-label": t("desk.move_to_squad"),
      disabled: !editable(),
      data: { key: "move-stop" },
      on: { change: move },
    },
    h("option", { value: "" }, t("desk.move_to_squad")),
    others.map((squad) => h("option", { value: squad.id }, t("desk.squad", { n: squad.number }))),
  );
}

function actions(found) {
  if (!config.can_edit || found.visit?.done) return null;
  const id = found.stop.id;
  const act = (name, how) =>
    button(t(`desk.${name === "remove" ? "take_out" : name}`), () => how({ action: name, stop_id: id }), {
      disabled: !editable(),
      data: { key: `act-${name}` },
    });
  const buttons = found.left
    ? [found.left.forbidden ? act("allow", propose) : act("forbid", propose)]
    : [act(found.visit.pinned ? "unpin" : "pin", apply), act("remove", propose), act("forbid", propose)];
  return h(
    "div",
    { class: "detail-actions" },
    (!found.left || !found.left.forbidden) && moveSelect(found),
    buttons,
  );
}

function when(found) {
  if (!found.visit) return [];
  const { visit, squad } = found;
  const wait = Math.round((new Date(visit.start) - new Date(visit.arrive)) / 60000);
  return [
    [
      t("desk.by"),
      h(
        "span",
        { class: "with-badge" },
        squadBadge(squad.number, squadStyle(squad.number).colour),
        jump("squad", squad.id, t("desk.squad", { n: squad.number })),
      ),
    ],
    [t("desk.stay"), `${clock(visit.start)}–${clock(visit.leave)}`],
    [t("desk.way_there"), `${duration(visit.travel_seconds)} · ${km(visit.travel_metres)}`],
    [t("desk.waiting"), wait > 0 ? t("desk.minutes", { n: wait }) : null],
    [t("desk.arrived_at"), visit.arrived_at ? clock(visit.arrived_at) : null],
  ];
}

function stopFacts(found) {
  const { stop } = found;
  return facts(
    ...when(found),
    [
      t("desk.village"),
      stop.village_code && jump("village", stop.village_code, stop.village_name ?? stop.village_code),
    ],
    [t("desk.owner"), stop.owner?.name ?? t("desk.no_owner")],
    [t("desk.opening"), stop.open && `${stop.open.slice(0, 5)}–${stop.close.slice(0, 5)}`],
    [
      t("desk.needs"),
      [stop.needs_lawful && t("desk.needs_lawful"), ...stop.skills].filter(Boolean).join("、"),
    ],
    [t("desk.prize"), String(stop.prize)],
  );
}

function whyLeft(found) {
  return found?.left && part(t("desk.why_left_out"), h("p", { class: "why-left" }, found.left.reason_text));
}

function fixes(found) {
  return found?.left && !found.left.forbidden && part(t("desk.what_would_help"), stopRelief(found));
}

function findingsOf(id) {
  return (state.findings ?? []).filter((finding) => finding.stop_id === id).map((finding) => finding.text);
}

/** The view of one stop. */
export function stopView(id) {
  const found = findStop(id);
  if (!found)
    return id.startsWith("incident:")
      ? incidentView(id.slice("incident:".length))
      : [heading(t("desk.gone"), t("desk.gone_hint"))];
  const { stop } = found;
  return [
    heading(
      stop.name,
      stopKind(stop),
      stop.required && h("span", { class: "tag tag-bad" }, t("desk.required")),
      found.visit?.pinned && h("span", { class: "tag tag-plain" }, t("desk.pinned")),
    ),
    whyLeft(found),
    fixes(found),
    stop.kind === "incident" && callButton(id.slice("incident:".length), found),
    actions(found),
    stopFacts(found),
    part(t("desk.to_do"), sentences(stop.purpose)),
    part(t("desk.breaches"), sentences(findingsOf(id))),
    stop.kind === "incident" && caseParts(id.slice("incident:".length)),
    stop.kind === "place" && burdenParts(id),
    stop.village_code && historyParts(stop.village_code),
  ];
}

/** What is known of an incident: of the day's layer, else asked for; null where there is none. */
function incidentOf(id) {
  const today = state.incidents?.features.find((feature) => feature.properties.id === id)?.properties;
  if (today) return today;
  loadMatter(id);
  return state.matters[id];
}

/** The view of one incident; with the day's stop for it where there is one. */
export function incidentView(id) {
  const incident = incidentOf(id);
  if (incident === undefined) return [heading(t("desk.loading"), "")];
  if (incident === null) return [heading(t("desk.gone"), t("desk.gone_hint"))];
  const found = findStop(`incident:${id}`);
  return [
    heading(
      incident.category || t("desk.kind_incident"),
      incident.state_text,
      incident.urgent && h("span", { class: "tag tag-bad" }, t("desk.urgent")),
    ),
    incident.description && h("p", { class: "description" }, incident.description),
    facts(
      [t("desk.reported_at"), moment(incident.reported_at)],
      [t("desk.source"), t(`day.source.${incident.source}`)],
      [
        t("desk.village"),
        incident.village_code && jump("village", incident.village_code, villageName(incident.village_code)),
      ],
      [
        t("desk.by"),
        found?.squad &&
          jump(
            "stop",
            found.stop.id,
            t("desk.squad_stop", { squad: found.squad.number, stop: found.position + 1 }),
          ),
      ],
    ),
    found?.left && part(t("desk.why_left_out"), h("p", { class: "why-left" }, found.left.reason_text)),
    callButton(id, found),
    found && actions(found),
    caseParts(id),
    incident.village_code && historyParts(incident.village_code),
  ];
}

/** The view of a place that is no stop today. */
export function placeView(id) {
  if (findStop(id)) return stopView(id);
  const place = state.places?.features.find((feature) => feature.properties.id === id)?.properties;
  if (!place) return [heading(t("desk.gone"), t("desk.gone_hint"))];
  return [
    heading(place.name, place.kind_text),
    h("p", { class: "nothing" }, t("desk.place_not_due")),
    facts(
      [
        t("desk.village"),
        place.village_code && jump("village", place.village_code, villageName(place.village_code)),
      ],
      [t("desk.opening"), place.open && `${place.open.slice(0, 5)}–${place.close.slice(0, 5)}`],
    ),
    burdenParts(id),
    place.village_code && historyParts(place.village_code),
  ];
}

function villageName(code) {
  return (
    state.villages?.features.find((feature) => feature.properties.code === code)?.properties.name ?? code
  );
}
