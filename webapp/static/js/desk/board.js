// The day board: squads as cards with their stops, then what was left out, the reserve and agencies that are short.

import { t } from "../texts.js";
import { officerMenu } from "./crew.js";
import { h, icon, refill } from "./dom.js";
import { clock, km } from "./format.js";
import { openMenu } from "./menu.js";
import { changeOf } from "./restchanges.js";
import { config, editable, personName, shownPlan, squadStyle, state, watch } from "./store.js";

const place = document.getElementById("board-squads");
const shut = new Set();

function menuButton(stop) {
  const words = t("desk.stop_menu", { stop: stop.name });
  return h(
    "button",
    {
      type: "button",
      class: "icon-button stop-menu",
      title: words,
      "aria-label": words,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      data: { key: `menu-${stop.id}` },
      on: { click: (event) => openMenu(stop.id, event.currentTarget) },
    },
    icon("more"),
  );
}

/** What the plan looked at does with a stop, beside its name. */
function changeTag(id) {
  const change = changeOf(id);
  return change && h("span", { class: `tag tag-change is-${change.kind}` }, t(`replan.kind_${change.kind}`));
}

function badges(stop, visit = null) {
  return [
    changeTag(stop.id),
    stop.required && h("span", { class: "tag tag-bad" }, t("desk.required")),
    visit?.pinned &&
      h(
        "span",
        { class: "pin", title: t("desk.pinned") },
        icon("pin", 12),
        h("span", { class: "visually-hidden" }, t("desk.pinned")),
      ),
    visit?.done &&
      h(
        "span",
        { class: "pin pin-done", title: t("desk.done") },
        icon("check", 12),
        h("span", { class: "visually-hidden" }, t("desk.done")),
      ),
  ];
}

/** What a stop is: a village's patrol, an incident, or a place and the village it lies in. */
export function stopKind(stop) {
  const kind = t(`desk.kind_${stop.kind}`);
  return stop.kind !== "village" && stop.village_name ? `${kind} · ${stop.village_name}` : kind;
}

function visitRow(visit, index) {
  const { stop } = visit;
  const state_ = state.preview?.edit.stop_id === stop.id ? " is-proposed" : "";
  return h(
    "li",
    {
      class: `stop${state_}`,
      draggable: config.can_edit && !visit.done ? "true" : null,
      data: { stop: stop.id, dragStop: stop.id },
    },
    h(
      "button",
      {
        type: "button",
        class: "stop-main",
        data: { select: `stop|${stop.id}`, key: `stop-${stop.id}`, stopButton: "" },
      },
      h("span", { class: "stop-number" }, String(index + 1)),
      h("span", { class: "stop-time" }, clock(visit.start)),
      h("span", { class: "stop-name" }, stop.name, h("span", { class: "stop-sub" }, stopKind(stop))),
      badges(stop, visit),
    ),
    config.can_edit && menuButton(stop),
  );
}

function lawful(squad) {
  if (squad.patrol_only)
    return h("span", { class: "tag tag-warn", title: squad.reason_text ?? "" }, t("desk.patrol_only"));
  return h("span", { class: "tag tag-good" }, t("desk.lawful"));
}

function loadBar(squad) {
  const percent = Math.round(squad.load * 100);
  return h(
    "div",
    { class: "load", title: t("desk.load_of_shift", { n: percent }) },
    h(
      "div",
      { class: "load-bar" },
      h("div", {
        class: `load-fill${percent > 100 ? " is-over" : ""}`,
        style: { width: `${Math.min(100, percent)}%` },
      }),
    ),
    h("span", { class: "load-words" }, t("desk.load", { n: percent })),
  );
}

function crew(squad) {
  const others = squad.members.filter((id) => id !== squad.leader);
  return h(
    "p",
    { class: "crew" },
    h("strong", { title: t("desk.leader") }, personName(squad.leader)),
    h("span", { class: "crew-leader" }, t("desk.leader_short")),
    others.map((id) =>
      h("span", { class: state.day.people[id]?.status === "on_duty" ? "" : "is-absent" }, personName(id)),
    ),
  );
}

function cardHead(squad) {
  const isOpen = !shut.has(squad.number);
  const toggle = () => {
    if (isOpen) shut.add(squad.number);
    else shut.delete(squad.number);
    draw();
  };
  const words = t(isOpen ? "desk.fold" : "desk.unfold", { squad: squad.number });
  return h(
    "header",
    { class: "squad-head" },
    h(
      "button",
      {
        type: "button",
        class: "squad-title",
        data: { select: `squad|${squad.id}`, key: `squad-${squad.id}` },
      },
      h("span", { class: "squad-badge" }, String(squad.number)),
      t("desk.squad", { n: squad.number }),
    ),
    lawful(squad),
    h(
      "span",
      { class: "squad-sum" },
      squad.visits.length ? t("desk.stops_km", { n: squad.visits.length, km: km(squad.travel_metres) }) : "",
    ),
    h(
      "button",
      {
        type: "button",
        class: `icon-button fold${isOpen ? " is-open" : ""}`,
        "aria-expanded": String(isOpen),
        "aria-label": words,
        title: words,
        data: { key: `fold-${squad.id}` },
        on: { click: toggle },
      },
      icon("right", 12),
    ),
  );
}

function squadCard(squad, stage) {
  const isOpen = !shut.has(squad.number);
  const planned = stage === "routes";
  const empty = h(
    "p",
    { class: "nothing" },
    t(planned ? "desk.squad_without_stops" : "desk.squad_before_routes"),
  );
  return h(
    "section",
    {
      class: "squad-card",
      "aria-label": t("desk.squad", { n: squad.number }),
      style: { "--squad": squadStyle(squad.number).colour },
      data: { squad: squad.id, dropSquad: squad.id },
    },
    cardHead(squad),
    crew(squad),
    h("p", { class: "squad-facts" }, [squad.vehicle ?? t("desk.no_vehicle"), ...squad.scopes].join(" · ")),
    squad.patrol_only && squad.reason_text && h("p", { class: "squad-why" }, squad.reason_text),
    planned && loadBar(squad),
    isOpen &&
      (squad.visits.length
        ? h(
            "ol",
            { class: "stops plain-list", "aria-label": t("desk.stops_of", { n: squad.number }) },
            squad.visits.map(visitRow),
          )
        : empty),
  );
}

function leftRow(item) {
  const { stop } = item;
  return h(
    "li",
    {
      class: `stop stop-left${item.forbidden ? " is-forbidden" : ""}`,
      draggable: config.can_edit && !item.forbidden ? "true" : null,
      data: { stop: stop.id, dragStop: item.forbidden ? null : stop.id },
    },
    h(
      "button",
      {
        type: "button",
        class: "stop-main",
        data: { select: `stop|${stop.id}`, key: `stop-${stop.id}`, stopButton: "" },
      },
      h("span", { class: "stop-name" }, stop.name, h("span", { class: "stop-sub" }, item.reason_text)),
      badges(stop),
    ),
    config.can_edit && menuButton(stop),
  );
}

function leftOut(plan) {
  const items = [...plan.unassigned].sort(
    (a, b) =>
      Number(b.stop.required) - Number(a.stop.required) ||
      Number(a.forbidden) - Number(b.forbidden) ||
      b.stop.prize - a.stop.prize,
  );
  return h(
    "section",
    { class: "left-out", data: { dropOut: "" } },
    h(
      "h3",
      { class: "group-title" },
      h("span", {}, t("desk.left_out")),
      h("span", { class: "group-count" }, String(items.length)),
    ),
    items.length
      ? h("ul", { class: "stops plain-list" }, items.map(leftRow))
      : h("p", { class: "nothing" }, t("desk.nothing_left_out")),
  );
}

function reserve(plan) {
  if (!plan.reserve.length) return null;
  return h(
    "section",
    {},
    h(
      "h3",
      { class: "group-title" },
      h("span", {}, t("desk.reserve")),
      h("span", { class: "group-count" }, String(plan.reserve.length)),
    ),
    h(
      "p",
      { class: "names" },
      plan.reserve.map((id) =>
        config.can_edit ? officerMenu(id, personName(id)) : h("span", {}, personName(id)),
      ),
    ),
  );
}

function short(plan) {
  if (!plan.short.length) return null;
  return h(
    "section",
    {},
    h(
      "h3",
      { class: "group-title" },
      h("span", {}, t("desk.short")),
      h("span", { class: "group-count" }, String(plan.short.length)),
    ),
    h(
      "ul",
      { class: "plain-list short-list" },
      plan.short.map((item) =>
        h("li", {}, h("strong", {}, item.agency_name), h("span", {}, item.reason_text)),
      ),
    ),
  );
}

function teaching() {
  return h(
    "div",
    { class: "teach" },
    h("h3", {}, t("desk.no_squads_title")),
    h("p", {}, t(config.can_edit ? "desk.no_squads" : "desk.no_squads_reader")),
  );
}

function draw() {
  const plan = state.styles && shownPlan();
  const stops = plan ? plan.squads.reduce((sum, squad) => sum + squad.visits.length, 0) : 0;
  document.getElementById("tab-squads-count").textContent = plan ? String(stops || plan.squads.length) : "";
  place.classList.toggle("is-preview", Boolean(state.preview?.result));
  if (!plan) {
    refill(place, state.day && config.villages ? teaching() : null);
    return;
  }
  refill(
    place,
    plan.squads.map((squad) => squadCard(squad, plan.stage)),
    plan.stage === "routes" && leftOut(plan),
    short(plan),
    reserve(plan),
  );
}

// Arrow keys walk through the stops; "m" opens the menu of one.
place.addEventListener("keydown", (event) => {
  const here = event.target.closest("[data-stop-button]");
  if (!here) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    const all = [...place.querySelectorAll("[data-stop-button]")];
    all[all.indexOf(here) + step]?.focus();
    event.preventDefault();
  } else if (event.key === "m" && editable()) {
    openMenu(here.closest("[data-stop]").dataset.stop, here.parentElement.querySelector(".stop-menu"));
  }
});

watch(["day", "preview", "view", "styles", "job", "saving"], draw);
