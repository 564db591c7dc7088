// The bar that shows what a change would cost and break, before it is kept. Enter keeps, Escape cancels.

import { t } from "../texts.js";
import { h, refill } from "./dom.js";
import { cancelPreview, keepPreview, ofRest, ofSquads } from "./edits.js";
import { signed } from "./format.js";
import { findingWords, personName, state, watch } from "./store.js";

const bar = document.getElementById("preview");
const SHOWN = 4;

function figure(words, value, better) {
  const kind = better === 0 ? "" : better > 0 ? " is-better" : " is-worse";
  return h(
    "span",
    { class: `figure${kind}` },
    h("span", { class: "figure-name" }, words),
    h("strong", {}, value),
  );
}

function figures(result) {
  const minutes = Math.round(result.travel_seconds_change / 60);
  return h(
    "div",
    { class: "figures" },
    figure(t("desk.prize"), signed(result.prize_change), Math.sign(result.prize_change)),
    figure(t("desk.driving"), t("desk.minutes", { n: signed(minutes) }), -Math.sign(minutes)),
    figure(
      t("desk.distance"),
      t("desk.km", { n: signed(result.travel_metres_change / 1000, 1) }),
      -Math.sign(Math.round(result.travel_metres_change / 100)),
    ),
  );
}

const powers = (squad) => (squad.patrol_only ? t("desk.patrol_only") : squad.scopes.join("、"));

function squadFigures(was, now) {
  const n = now.number;
  const turned = (words, from, to, better = 0) => from !== to && figure(words, `${from} → ${to}`, better);
  const vehicle = (squad) => squad.vehicle ?? t("desk.no_vehicle");
  return [
    turned(t("desk.squad", { n }), powers(was), powers(now), Math.sign(now.scopes.length - was.scopes.length)),
    turned(t("desk.leader_of", { n }), personName(was.leader), personName(now.leader)),
    turned(t("desk.vehicle_of_squad", { n }), vehicle(was), vehicle(now)),
  ];
}

/** What another crew changes: what each squad may enforce, who leads it, what it drives. */
function crewFigures(result) {
  const before = new Map(state.day.draft.squads.map((squad) => [squad.id, squad]));
  const pairs = result.plan.squads.map((now) => [before.get(now.id), now]).filter(([was]) => was);
  const same = pairs.every(([was, now]) => powers(was) === powers(now));
  return h(
    "div",
    { class: "figures figures-crew" },
    same && h("span", { class: "figure" }, t("desk.powers_same")),
    pairs.flatMap(([was, now]) => squadFigures(was, now)),
  );
}

const keyOf = (finding) => `${finding.squad_id}|${finding.stop_id}|${finding.text}`;

function breaches(result) {
  const fresh = new Set(result.new_findings.map(keyOf));
  const all = [...result.findings].sort((a, b) => Number(fresh.has(keyOf(b))) - Number(fresh.has(keyOf(a))));
  if (!all.length) return h("p", { class: "breaches-none" }, t("desk.no_breaches"));
  const rows = all
    .slice(0, SHOWN)
    .map((finding) =>
      h(
        "li",
        { class: fresh.has(keyOf(finding)) ? "is-new" : "" },
        fresh.has(keyOf(finding)) && h("span", { class: "tag tag-bad" }, t("desk.new")),
        h("span", {}, findingWords(finding)),
      ),
    );
  if (all.length > SHOWN) rows.push(h("li", {}, t("desk.and_more", { n: all.length - SHOWN })));
  return h("ul", { class: "breaches plain-list" }, rows);
}

const fromTo = (from, to) => (from === to ? String(to) : `${from} → ${to}`);

/** What the rest of the day planned anew brings, against what squads were told. */
function restFigures({ told, ahead, changes }) {
  const count = (kind) => changes.filter((change) => change.kind === kind).length;
  const counted = (kind) =>
    count(kind) > 0 && figure(t(`replan.kind_${kind}`), t("replan.stops", { n: count(kind) }), 0);
  const minutes = ahead.travel_minutes - told.travel_minutes;
  return h(
    "div",
    { class: "figures" },
    figure(t("desk.prize"), fromTo(told.prize, ahead.prize), Math.sign(ahead.prize - told.prize)),
    figure(
      t("desk.driving"),
      t("desk.minutes", { n: fromTo(told.travel_minutes, ahead.travel_minutes) }),
      -Math.sign(minutes),
    ),
    ["added", "moved", "reordered", "dropped"].map(counted),
  );
}

function body({ edit, result, problem }) {
  if (problem) return h("p", { class: "preview-problem", role: "alert" }, problem);
  if (!result) return h("p", { class: "nothing" }, t("desk.reckoning"));
  if (ofRest(edit)) return [restFigures(result), breaches(result)];
  return [ofSquads(edit) ? crewFigures(result) : figures(result), breaches(result)];
}

function draw() {
  const { preview } = state;
  bar.hidden = !preview;
  if (!preview) {
    refill(bar);
    return;
  }
  const ready = preview.result && !preview.problem;
  const rest = ofRest(preview.edit);
  refill(
    bar,
    h("div", { class: "preview-words" }, h("span", { class: "preview-title" }, preview.words), body(preview)),
    h(
      "div",
      { class: "preview-buttons" },
      ready &&
        h(
          "button",
          {
            type: "button",
            class: "btn btn-sm btn-primary",
            id: "keep",
            disabled: state.saving,
            data: { key: "keep" },
            on: { click: keepPreview },
          },
          t(rest ? "replan.keep" : "desk.keep"),
        ),
      h(
        "button",
        {
          type: "button",
          class: "btn btn-sm btn-outline-secondary",
          id: "cancel",
          data: { key: "cancel" },
          on: { click: cancelPreview },
        },
        t(rest ? "replan.drop" : ready ? "web.cancel" : "web.close"),
      ),
    ),
  );
}

watch(["preview", "saving"], draw);
