// Villages on a canvas, filled by coverage debt, owner or risk, with their names where there is room.

import { t } from "../texts.js";
import { fit, map, obstacles, surfaces, tooltip } from "./basemap.js";
import { day } from "./format.js";
import { hover, onHover, select } from "./links.js";
import { layers, onLayer } from "./maplayers.js";
import { ownerColours } from "./owners.js";
import { leadOf, state, watch } from "./store.js";

/* global L */

export const RISK_COLOURS = { A: "#b35806", B: "#fdb863", C: "#f3efe6" };
export const NO_OWNER = "#d9d9d9";
/** A name goes to the middle of its village, else a line below or above, pixels. */
const SHIFTS = [0, 17, -17];
/** No name is narrower, pixels. */
const LEAST_WIDTH = 20;
const shapes = new Map();
let group = null;
let owners = new Map();
let shownTownship = null;

function debtColour({ debt, required }) {
  if (required === 0) return state.styles.no_requirement;
  const found = state.styles.debt.find((step) => step.upto === null || debt <= step.upto + 1e-6);
  return found.colour;
}

function fillOf(properties) {
  if (layers.fill === "owner") return owners.get(leadOf(properties)?.id) ?? NO_OWNER;
  if (layers.fill === "risk") return RISK_COLOURS[properties.risk];
  return debtColour(properties);
}

/** So many that each is a few pixels large. */
const isMany = () => shapes.size > 1000;

function style({ properties }) {
  const many = isMany();
  return {
    color: many ? "#8b95a1" : "#5d6875",
    weight: many ? 0.4 : 0.9,
    fillColor: fillOf(properties),
    fillOpacity: 0.82,
  };
}

function words(properties) {
  const last = properties.last_visit
    ? t("desk.last_visit", { day: day(properties.last_visit) })
    : t("desk.never_visited");
  const owed = properties.required
    ? t("desk.debt_of", { debt: properties.debt.toFixed(1), required: properties.required })
    : t("desk.no_requirement");
  const lead = leadOf(properties);
  return tooltip(
    properties.name,
    owed,
    last,
    lead ? t("desk.owner_is", { name: lead.name }) : t("desk.no_owner"),
  );
}

function emphasise(code, on) {
  const shape = shapes.get(code);
  if (!shape) return;
  const chosen = state.selection?.kind === "village" && state.selection.id === code;
  if (on || chosen) shape.setStyle({ weight: chosen ? 3.5 : 2.5, color: "#10243a" });
  else group.resetStyle(shape);
  if (on || chosen) shape.bringToFront();
}

const codeOf = (event) => event.propagatedFrom.feature.properties.code;
const tip = L.tooltip({ className: "tip", opacity: 1, sticky: true, direction: "auto", offset: [12, 0] });

/** One set of listeners and one tooltip for all villages: a county has thousands. */
function listen(layer) {
  layer.on("mouseover", (event) => {
    hover({ kind: "village", id: codeOf(event) });
    tip.setContent(words(event.propagatedFrom.feature.properties)).setLatLng(event.latlng).openOn(map);
  });
  layer.on("mousemove", (event) => tip.setLatLng(event.latlng));
  layer.on("mouseout", () => {
    hover(null);
    tip.close();
  });
  layer.on("click", (event) => {
    if (state.adding) return;
    L.DomEvent.stopPropagation(event);
    select("village", codeOf(event));
  });
}

function draw() {
  group?.remove();
  group = null;
  tip.close();
  shapes.clear();
  if (!state.villages || !state.styles) return;
  for (const feature of state.villages.features) shapes.set(feature.properties.code, null);
  owners = ownerColours(state.villages.features);
  const keep = (feature, shape) => shapes.set(feature.properties.code, shape);
  group = L.geoJSON(state.villages, {
    renderer: surfaces.villages,
    pane: "villages",
    style,
    smoothFactor: isMany() ? 2 : 1,
    onEachFeature: keep,
  });
  listen(group);
  // Before the layer comes: so it is painted once, at its place.
  if (shownTownship !== state.township) fit(group.getBounds());
  shownTownship = state.township;
  group.addTo(map);
  // The canvas paints itself in the next frame; names can wait for the one after.
  requestAnimationFrame(() => setTimeout(painted));
}

/** The villages are to be seen: told to whoever measures how long the desk takes to open. */
function painted() {
  names.redraw();
  if (document.documentElement.dataset.desk === "ready") return;
  performance.mark("desk-ready");
  document.documentElement.dataset.desk = "ready";
  document.dispatchEvent(new Event("desk-ready"));
}

/** Names are drawn by hand: thousands of elements would be slow, and names must not overlap. */
const Names = L.Layer.extend({
  onAdd() {
    this._canvas = L.DomUtil.create("canvas", "village-names leaflet-zoom-hide", map.getPane("names"));
    map.on("moveend viewreset", this.redraw, this);
    this.redraw();
  },
  onRemove() {
    map.off("moveend viewreset", this.redraw, this);
    this._canvas.remove();
  },
  redraw() {
    if (!this._canvas) return;
    const size = map.getSize();
    const ratio = devicePixelRatio || 1;
    L.DomUtil.setPosition(this._canvas, map.containerPointToLayerPoint([0, 0]));
    Object.assign(this._canvas, { width: size.x * ratio, height: size.y * ratio });
    Object.assign(this._canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
    const pen = this._canvas.getContext("2d");
    pen.scale(ratio, ratio);
    this._write(pen, size);
  },
  _write(pen, size) {
    if (!layers.names || !group) return;
    const font = getComputedStyle(document.body).fontFamily;
    Object.assign(pen, {
      font: `12px ${font}`,
      textAlign: "center",
      textBaseline: "middle",
      lineWidth: 3,
      strokeStyle: "rgba(255,255,255,.85)",
      fillStyle: "#2b3643",
      lineJoin: "round",
    });
    const taken = obstacles.flatMap((boxes) => boxes());
    for (const shape of shapes.values()) {
      const box = nameBox(pen, shape, size);
      const free =
        box &&
        SHIFTS.map((shift) => ({ ...box, y: box.y + shift })).find(
          (moved) => !taken.some((other) => overlaps(moved, other)),
        );
      if (!free) continue;
      taken.push(free);
      pen.strokeText(free.name, free.x, free.y);
      pen.fillText(free.name, free.x, free.y);
    }
  },
});

function nameBox(pen, shape, size) {
  const bounds = shape.getBounds();
  const low = map.latLngToContainerPoint(bounds.getSouthWest());
  const high = map.latLngToContainerPoint(bounds.getNorthEast());
  const { name } = shape.feature.properties;
  const x = (low.x + high.x) / 2;
  const y = (low.y + high.y) / 2;
  if (x < 0 || y < 0 || x > size.x || y > size.y) return null;
  // Measuring text is what costs; most of a county's villages are far too small for any.
  if (high.x - low.x < LEAST_WIDTH) return null;
  const width = pen.measureText(name).width;
  return high.x - low.x < width * 0.9 ? null : { name, x, y, width: width + 6, height: 16 };
}

const overlaps = (a, b) =>
  Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;

/** Draw the names again, when what they must not cover has moved. */
export const redrawNames = () => names.redraw();

const names = new Names();
names.addTo(map);

let lit = null;
onHover((thing) => {
  if (lit) emphasise(lit, false);
  lit = thing?.kind === "village" ? thing.id : null;
  if (lit) emphasise(lit, true);
});

let chosen = null;
watch(["selection"], () => {
  const now = state.selection?.kind === "village" ? state.selection.id : null;
  const before = chosen;
  chosen = now;
  if (before && before !== now) emphasise(before, false);
  if (now) emphasise(now, true);
});

watch(["villages", "styles"], draw);
watch(["ownership"], (changed) => {
  // A new layer of villages takes its colours from the new owners anyway.
  if (changed.has("villages") || !group) return;
  owners = ownerColours(state.villages.features);
  if (layers.fill === "owner") group.setStyle(style);
});
onLayer((name) => {
  if (name === "fill" && group) group.setStyle(style);
  if (name === "fill" || name === "names") names.redraw();
});
