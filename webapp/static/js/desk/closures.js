// Closed roads: those on record as they hold on the day, and those being chosen, by a click or by drawing a line.

import { api } from "../api.js";
import { toast } from "../app.js";
import { t } from "../texts.js";
import { map, surfaces, tooltip } from "./basemap.js";
import { button, h, icon } from "./dom.js";
import { clock, moment } from "./format.js";
import { config, editable, set, state, watch } from "./store.js";

/* global L */

const PICK = "closure";
const DRAW = "closure-line";
const known = L.layerGroup().addTo(map);
const fresh = L.layerGroup().addTo(map);
let chosen = [];
let line = [];

/** Whether roads to close are being chosen on the map, and how. */
export const closing = () => (state.adding === PICK || state.adding === DRAW ? state.adding : null);

/** The chosen closures as the API takes them. */
export const chosenClosures = () => chosen.map(({ points, reason }) => ({ points, reason }));

/** Forget what was chosen. */
export function forgetChosen() {
  chosen = [];
  line = [];
  drawChosen();
}

/** Load what is closed on the day shown. */
export async function loadClosures() {
  const { date } = state;
  const { closures } = await api("GET", `/closures?${new URLSearchParams({ date })}`);
  if (date === state.date) set({ closures });
}

const latLngs = (points) => points.map(([lon, lat]) => [lat, lon]);

function block(at, lines) {
  return L.marker(at, {
    icon: L.divIcon({ className: "map-point", html: h("span", { class: "map-closed" }), iconSize: [0, 0] }),
    keyboard: false,
    zIndexOffset: 350,
  }).bindTooltip(() => tooltip(...lines), { className: "tip", direction: "top", offset: [0, -9], opacity: 1 });
}

function show(layer, { points, lines, reason }, words) {
  const roads = lines.length ? lines : [points];
  for (const [width, colour, dash] of [
    [8, "#ffffff", null],
    [5, "#b3261e", "7 6"],
  ])
    for (const road of roads)
      L.polyline(latLngs(road), {
        renderer: surfaces.ghosts,
        pane: "ghosts",
        color: colour,
        weight: width,
        dashArray: dash,
        interactive: false,
      }).addTo(layer);
  const middle = points[Math.floor((points.length - 1) / 2)];
  block([middle[1], middle[0]], [reason || t("replan.closed_default"), ...words]).addTo(layer);
}

const until = ({ ends_at }) =>
  ends_at
    ? t("replan.closed_until", { time: ends_at.slice(0, 10) === state.date ? clock(ends_at) : moment(ends_at) })
    : t("replan.closed_open");

function drawKnown() {
  known.clearLayers();
  if (!state.township) return;
  for (const closure of state.closures ?? []) show(known, closure, [closure.names.join("、"), until(closure)]);
}

function drawChosen() {
  fresh.clearLayers();
  for (const closure of chosen) show(fresh, closure, [closure.names.join("、")]);
  if (line.length)
    L.polyline(latLngs(line), { color: "#b3261e", weight: 3, dashArray: "2 6", interactive: false }).addTo(fresh);
}

const changed = () => set({ chosen: chosen.length ? [...chosen] : null });

async function choose(points) {
  line = [];
  set({ adding: false });
  try {
    const meant = await api("POST", "/closures/preview", { points });
    chosen.push({ points, reason: t("replan.closed_default"), ...meant });
    if (!meant.applied) toast(t("replan.closed_not_applied"), "warning");
    changed();
  } catch (problem) {
    toast(problem.message, "danger");
  }
  drawChosen();
}

map.on("click", ({ latlng }) => {
  if (!closing()) return;
  const point = [Number(latlng.lng.toFixed(6)), Number(latlng.lat.toFixed(6))];
  if (closing() === PICK) {
    choose([point]);
    return;
  }
  line.push(point);
  drawChosen();
});

/** End drawing a line. */
export function finishLine() {
  if (line.length > 1) choose(line);
  else set({ adding: false });
}

/** Note what was chosen, without planning anything. */
async function note() {
  const { township, date } = state;
  const starts_at = date > config.today ? `${date}T00:00:00${state.day.draft?.squads[0]?.shift_start.slice(19) ?? "+08:00"}` : null;
  try {
    while (chosen.length) {
      const { points, reason } = chosen[0];
      await api("POST", "/closures", { township, points, reason, starts_at });
      chosen.shift();
    }
    toast(t("replan.closed_noted"));
  } catch (problem) {
    toast(problem.message, "danger");
  }
  changed();
  drawChosen();
  await loadClosures();
}

async function end(closure) {
  try {
    await api("POST", `/closures/${encodeURIComponent(closure.id)}/end`);
    toast(t("replan.closed_ended"));
  } catch (problem) {
    toast(problem.message, "danger");
  }
  await loadClosures();
}

function knownRow(closure) {
  const mine = closure.township_code === state.township;
  return h(
    "li",
    { class: "closed-row" },
    h(
      "span",
      { class: "replan-words" },
      closure.reason,
      h("span", { class: "stop-sub" }, [...closure.names, until(closure)].join(" · ")),
    ),
    config.can_edit &&
      mine &&
      button(t("replan.closed_end"), () => end(closure), { data: { key: `end-${closure.id}` } }),
  );
}

function chosenRow(closure) {
  const drop = () => {
    chosen = chosen.filter((other) => other !== closure);
    changed();
    drawChosen();
  };
  const words = t("replan.closed_why");
  return h(
    "li",
    { class: "closed-row is-new" },
    h("input", {
      class: "form-control form-control-sm",
      value: closure.reason,
      maxlength: 200,
      required: true,
      "aria-label": words,
      title: [words, ...closure.names].join(" · "),
      data: { key: `why-${closure.points[0]}`, closedWhy: "" },
      on: { change: (event) => (closure.reason = event.target.value.trim() || t("replan.closed_default")) },
    }),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        title: t("replan.closed_drop"),
        "aria-label": t("replan.closed_drop"),
        on: { click: drop },
      },
      icon("close"),
    ),
  );
}

/** The part of a form in which closed roads are seen, chosen, noted and ended. */
export function closuresForm() {
  const start = (how) => () => {
    line = [];
    set({ adding: closing() === how ? false : how });
  };
  const rows = [...(state.closures ?? []).map(knownRow), ...chosen.map(chosenRow)];
  const mode = (how, words, id) =>
    button(words, start(how), {
      id,
      "aria-pressed": String(closing() === how),
      disabled: !editable(),
      data: { key: id },
    });
  return [
    rows.length > 0 && h("ul", { class: "plain-list" }, rows),
    h(
      "div",
      { class: "detail-actions" },
      mode(PICK, t("replan.closed_pick"), "pick-closure"),
      mode(DRAW, t("replan.closed_draw"), "draw-closure"),
      chosen.length > 0 && button(t("replan.closed_note"), note, { id: "note-closure", data: { key: "note-closure" } }),
    ),
  ];
}

watch(["closures", "township"], drawKnown);
watch(["adding"], () => {
  if (!closing() && line.length) {
    line = [];
    drawChosen();
  }
});
watch(["township", "date"], () => {
  forgetChosen();
  set({ closures: null, chosen: null });
  if (state.township) loadClosures().catch((problem) => toast(problem.message, "danger"));
});
if (state.township) loadClosures().catch((problem) => toast(problem.message, "danger"));
