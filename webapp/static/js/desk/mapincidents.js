// Incidents on the map: the day's, or, while the picture of a period is open, what its filters leave.

import { map, obstacles } from "./basemap.js";
import { clusterGroup, incidentMarker, OLD_DAYS, plainGroup } from "./clusters.js";
import { layers, onLayer } from "./maplayers.js";
import { redrawNames } from "./mapvillages.js";
import { plannedStops, state, watch } from "./store.js";

/* global L */

const OPEN = new Set(["reported", "escalated"]);
/** More of a day than this are drawn in clusters. */
const PLAIN_UPTO = 120;
/** Colours of the heat map from few to many, apart from the villages' own ramp (BuPu of ColorBrewer 2.0). */
export const heatColours = ["#9ebcda", "#8c6bb1", "#88419d", "#4d004b"];
const gradient = Object.fromEntries(
  heatColours.map((colour, index) => [(index + 1) / heatColours.length, colour]),
);
const plain = plainGroup().addTo(map);
const many = clusterGroup().addTo(map);
const heat = L.heatLayer([], { radius: 26, blur: 20, minOpacity: 0.3, maxZoom: 13, gradient });
let chosen = null;

/** Incidents of the day: stops stand for their incident, a second mark at the same place would hide it. */
function ofTheDay() {
  if (!state.incidents) return [];
  const stops = layers.routes ? plannedStops() : new Set();
  return state.incidents.features
    .filter(({ properties }) => layers[OPEN.has(properties.state) ? "incidents" : "settled"])
    .filter(({ properties }) => !stops.has(`incident:${properties.id}`))
    .map(({ geometry, properties }) => ({
      id: properties.id,
      lon: geometry.coordinates[0],
      lat: geometry.coordinates[1],
      state: properties.state,
      category: properties.category,
      description: properties.description,
      urgent: properties.urgent,
      open: OPEN.has(properties.state),
      reported: properties.reported_at,
    }));
}

const aged = (point) => ({ ...point, old: point.open && point.elapsed > OLD_DAYS });

function place(points) {
  const group = points.length > PLAIN_UPTO || state.spread ? many : plain;
  const markers = points.map(incidentMarker);
  if (group === many) many.addLayers(markers);
  else for (const marker of markers) marker.addTo(plain);
}

function drawHeat(points) {
  // The busiest place is the darkest, whatever the period: a fixed scale would show a quiet township blank.
  const cells = new Map();
  for (const { lat, lon } of points) {
    const cell = `${lat.toFixed(2)},${lon.toFixed(2)}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  heat.setOptions({ max: Math.max(1, ...cells.values()) / 4 });
  heat.setLatLngs(points.map(({ lat, lon }) => [lat, lon]));
}

function draw() {
  plain.clearLayers();
  many.clearLayers();
  const warm = state.spread?.mode === "heat";
  if (warm) {
    heat.addTo(map);
    drawHeat(state.spread.shown);
  } else heat.remove();
  document.body.classList.toggle("is-spread", state.spread !== null);
  if (!state.styles || warm) return;
  place(state.spread ? state.spread.shown.map(aged) : ofTheDay());
}

/** A ring around the selected incident, also where its mark stands within a cluster. */
function markChosen() {
  chosen?.remove();
  chosen = null;
  const id = state.selection?.kind === "incident" ? state.selection.id : null;
  const found = id && (state.spread?.shown ?? ofTheDay()).find((point) => point.id === id);
  if (!found) return;
  chosen = L.circleMarker([found.lat, found.lon], {
    radius: 14,
    color: "#10243a",
    weight: 2.5,
    fill: false,
    interactive: false,
  }).addTo(map);
}

obstacles.push(() =>
  plain.getLayers().map((layer) => ({
    ...map.latLngToContainerPoint(layer.getLatLng()),
    width: 16,
    height: 16,
  })),
);

watch(["incidents", "styles", "township"], () => setTimeout(redrawNames));
watch(["incidents", "styles", "day", "preview", "view", "spread"], draw);
watch(["selection", "spread", "incidents"], markChosen);
onLayer((name) => {
  if (["incidents", "settled", "routes"].includes(name)) draw();
});
