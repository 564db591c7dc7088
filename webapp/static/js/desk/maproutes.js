// Routes along the roads and their numbered stops, by squad; what a looked-at change would do, as straight dashes.

import { t } from "../texts.js";
import { map, obstacles, surfaces, tooltip } from "./basemap.js";
import { h, mark } from "./dom.js";
import { ofRest } from "./edits.js";
import { clock } from "./format.js";
import { hover, select } from "./links.js";
import { layers, onLayer } from "./maplayers.js";
import { redrawNames } from "./mapvillages.js";
import { changeOf } from "./restchanges.js";
import { shownPlan, squadStyle, state, watch } from "./store.js";

/* global L */

const lines = L.layerGroup().addTo(map);
const stops = L.layerGroup().addTo(map);
const depot = L.layerGroup().addTo(map);

/** Select what was clicked; while a place is chosen on the map, the place below it is meant. */
function clicked({ latlng }, kind, id) {
  if (state.adding) map.fire("click", { latlng });
  else select(kind, id);
}

function line(latLngs, squad, { ghost = false } = {}) {
  const { colour, dash } = squadStyle(squad.number);
  if (!ghost)
    L.polyline(latLngs, {
      renderer: surfaces.ghosts,
      pane: "ghosts",
      color: "#ffffff",
      weight: 7,
      opacity: 0.85,
      interactive: false,
    }).addTo(lines);
  const drawn = L.polyline(latLngs, {
    renderer: surfaces.routes,
    pane: "routes",
    color: colour,
    weight: ghost ? 2.5 : 4,
    opacity: ghost ? 0.8 : 1,
    dashArray: ghost ? "3 6" : dash || null,
    bubblingMouseEvents: false,
    className: ghost ? "route-ghost" : "",
  });
  drawn.bindTooltip(() => tooltip(t("desk.squad", { n: squad.number })), {
    sticky: true,
    className: "tip",
    opacity: 1,
  });
  drawn.on("click", (event) => clicked(event, "squad", squad.id)).addTo(lines);
  drawn.getElement().dataset.squad = squad.id;
}

function roads(skip = new Set()) {
  for (const { geometry, properties } of state.routes?.features ?? []) {
    if (skip.has(properties.squad_id)) continue;
    line(L.GeoJSON.coordsToLatLngs(geometry.coordinates), {
      id: properties.squad_id,
      number: properties.number,
    });
  }
}

const order = (squad) => squad.visits.map((visit) => visit.stop.id).join("\n");

/** Squads a looked-at change would send elsewhere. */
function rerouted(plan) {
  const before = new Map(state.day.draft.squads.map((squad) => [squad.id, order(squad)]));
  const after = new Map(plan.squads.map((squad) => [squad.id, order(squad)]));
  const ids = [...before.keys(), ...after.keys()];
  return new Set(ids.filter((id) => before.get(id) !== after.get(id)));
}

/** What squads were told and will not drive any more, faint below the new lines. */
function told(changed) {
  for (const { geometry, properties } of state.routes?.features ?? []) {
    if (!changed.has(properties.squad_id)) continue;
    L.polyline(L.GeoJSON.coordsToLatLngs(geometry.coordinates), {
      renderer: surfaces.ghosts,
      pane: "ghosts",
      color: squadStyle(properties.number).colour,
      weight: 5,
      opacity: 0.28,
      interactive: false,
    }).addTo(lines);
  }
}

/** The new lines of the rest of the day, along the roads, from where each squad stands. */
function restRoads(plan, routes, changed) {
  const done = new Map(
    plan.squads.map((squad) => [squad.id, squad.visits.filter((visit) => visit.done).length]),
  );
  for (const { geometry, properties } of routes.features) {
    if (properties.leg < done.get(properties.squad_id)) continue;
    const squad = { id: properties.squad_id, number: properties.number };
    line(L.GeoJSON.coordsToLatLngs(geometry.coordinates), squad, { ghost: changed.has(squad.id) });
  }
}

/** Straight lines between stops, for routes nobody asked the roads about yet. */
function dashes(plan, wanted) {
  const home = state.day.depot ? [[state.day.depot.lat, state.day.depot.lon]] : [];
  for (const squad of plan.squads) {
    if (!squad.visits.length || !wanted.has(squad.id)) continue;
    // A squad that is out goes on from its last stop.
    const last = squad.visits.findLastIndex((visit) => visit.done);
    const points = squad.visits.slice(Math.max(0, last)).map(({ stop }) => [stop.lat, stop.lon]);
    line([...(last < 0 ? home : []), ...points, ...home], squad, { ghost: true });
  }
}

/** How a stop is marked whose place in the day is another in the plan looked at. */
function changeClass(id) {
  const change = changeOf(id);
  return change ? ` is-change is-${change.kind}` : "";
}

function stopMarker(visit, index, squad) {
  const { stop } = visit;
  const words = `${t("desk.squad", { n: squad.number })} · ${index + 1}. ${stop.name} ${clock(visit.start)}–${clock(visit.leave)}`;
  const dot = h(
    "span",
    {
      class: `map-stop shape-${squad.number % 2 ? "round" : "square"}${stop.required ? " is-required" : ""}${visit.done ? " is-done" : ""}${state.preview?.edit.stop_id === stop.id ? " is-proposed" : ""}${changeClass(stop.id)}`,
      style: { "--squad": squadStyle(squad.number).colour },
      data: { stop: stop.id },
    },
    String(index + 1),
    h("span", { class: "map-time" }, clock(visit.start)),
  );
  return marker(stop, dot, words, 0);
}

function marker(stop, html, words, lift) {
  const placed = L.marker([stop.lat, stop.lon], {
    icon: L.divIcon({ className: "map-point", html, iconSize: [0, 0] }),
    title: "",
    alt: words,
    keyboard: false,
    zIndexOffset: lift,
  });
  placed.bindTooltip(() => tooltip(...words.split(" · ")), {
    className: "tip",
    direction: "top",
    offset: [0, -10],
    opacity: 1,
  });
  placed.on("click", (event) => clicked(event, "stop", stop.id));
  placed.on("mouseover", () => hover({ kind: "stop", id: stop.id }));
  return placed;
}

function leftMarker(item) {
  const dot = h("span", {
    class: `map-left${item.stop.required ? " is-required" : ""}${item.forbidden ? " is-forbidden" : ""}${changeClass(item.stop.id)}`,
    data: { stop: item.stop.id },
  });
  return marker(item.stop, dot, `${item.stop.name} · ${item.reason_text}`, -400);
}

function drawDepot() {
  depot.clearLayers();
  if (!state.day?.depot || !state.styles) return;
  const { name, lon, lat } = state.day.depot;
  const icon = L.divIcon({
    className: "map-point",
    html: h("span", { class: "map-depot" }, mark(state.styles.places.depot, 20)),
    iconSize: [0, 0],
  });
  L.marker([lat, lon], { icon, keyboard: false, zIndexOffset: 300 })
    .bindTooltip(() => tooltip(name, t("desk.depot")), {
      className: "tip",
      direction: "top",
      offset: [0, -10],
      opacity: 1,
    })
    .addTo(depot);
}

function draw() {
  lines.clearLayers();
  stops.clearLayers();
  const plan = state.styles && shownPlan();
  if (plan && layers.routes) {
    const changed = state.preview?.result ? rerouted(plan) : new Set();
    if (ofRest(state.preview?.edit)) {
      told(changed);
      restRoads(plan, state.preview.result.routes, changed);
    } else {
      roads(changed);
      dashes(plan, changed);
    }
    for (const squad of plan.squads)
      squad.visits.forEach((visit, index) => stopMarker(visit, index, squad).addTo(stops));
  }
  if (plan && layers.left) for (const item of plan.unassigned) leftMarker(item).addTo(stops);
  declutter();
  redrawNames();
}

const overlap = (a, b) =>
  Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;

const at = (layer) => map.latLngToContainerPoint(layer.getLatLng());
const timeBox = ({ x, y }) => ({ x, y: y + 19, width: 36, height: 14 });

/** Show the times that cover neither a stop nor another time. */
function declutter() {
  const taken = stops.getLayers().map((layer) => ({ ...at(layer), width: 22, height: 22 }));
  for (const layer of stops.getLayers()) {
    const time = layer.getElement()?.querySelector(".map-time");
    if (!time) continue;
    const box = timeBox(at(layer));
    const shown = layers.times && !taken.some((other) => overlap(box, other));
    time.classList.toggle("is-shown", shown);
    if (shown) taken.push(box);
  }
}

obstacles.push(() =>
  stops.getLayers().flatMap((layer) => {
    const dot = { ...at(layer), width: 26, height: 24 };
    return layer.getElement()?.querySelector(".map-time.is-shown") ? [dot, timeBox(at(layer))] : [dot];
  }),
);

/** Bring what was selected on the board into view, if it is out of it. */
function reveal() {
  const { selection } = state;
  if (selection?.kind === "squad") {
    const squad = shownPlan()?.squads.find((item) => item.id === selection.id);
    if (squad?.visits.length) bringIn(L.latLngBounds(squad.visits.map(({ stop }) => [stop.lat, stop.lon])));
  } else if (selection?.kind === "stop") {
    const plan = shownPlan();
    const all = [...(plan?.squads.flatMap((squad) => squad.visits) ?? []), ...(plan?.unassigned ?? [])];
    const stop = all.find((item) => item.stop.id === selection.id)?.stop;
    if (stop && !map.getBounds().pad(-0.05).contains([stop.lat, stop.lon])) map.panTo([stop.lat, stop.lon]);
  }
}

function bringIn(bounds) {
  if (!map.getBounds().contains(bounds)) map.fitBounds(bounds, { padding: [40, 40], maxZoom: map.getZoom() });
}

watch(["day", "routes", "preview", "view", "styles"], draw);
watch(["day", "styles"], drawDepot);
watch(["selection"], reveal);
map.on("zoomend", declutter);
onLayer((name) => {
  if (name === "routes" || name === "left") draw();
  if (name === "times") declutter();
});
