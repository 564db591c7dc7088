// Places by kind, and roads below everything.

import { t } from "../texts.js";
import { map, obstacles, surfaces, tooltip } from "./basemap.js";
import { h, mark } from "./dom.js";
import { select } from "./links.js";
import { layers, onLayer } from "./maplayers.js";
import { redrawNames } from "./mapvillages.js";
import { plannedStops, state, watch } from "./store.js";

/* global L */

const HOT = "hotspot";
const places = L.layerGroup().addTo(map);
const roads = L.layerGroup().addTo(map);
const ROAD_WEIGHTS = [
  [/^(motorway|trunk)/, 3],
  [/^primary/, 2.6],
  [/^secondary/, 2],
  [/^tertiary/, 1.6],
];

function point([lon, lat], picture, lines, onClick) {
  const icon = L.divIcon({
    className: "map-point",
    html: h("span", { class: "map-mark" }, picture),
    iconSize: [0, 0],
  });
  const placed = L.marker([lat, lon], { icon, keyboard: false, zIndexOffset: -500 });
  placed.bindTooltip(() => tooltip(...lines), {
    className: "tip",
    direction: "top",
    offset: [0, -8],
    opacity: 1,
  });
  return placed.on("click", () => !state.adding && onClick());
}

function drawPlaces() {
  places.clearLayers();
  if (!state.places || !state.styles) return;
  for (const { geometry, properties } of state.places.features) {
    if (
      properties.kind === "depot" ||
      properties.kind === "committee" ||
      !(layers.places || properties.kind === HOT)
    )
      continue;
    if (layers.routes && plannedStops().has(properties.id)) continue;
    const hours = properties.open
      ? t("desk.open_hours", { open: properties.open.slice(0, 5), close: properties.close.slice(0, 5) })
      : null;
    point(
      geometry.coordinates,
      mark(state.styles.places[properties.kind], 14),
      [properties.name, properties.kind_text, hours],
      () => select("place", properties.id),
    ).addTo(places);
  }
}

function drawRoads() {
  roads.clearLayers();
  if (!state.roads || !layers.roads) return;
  const style = ({ properties }) => ({
    color: "#6d7884",
    opacity: 0.75,
    weight: ROAD_WEIGHTS.find(([pattern]) => pattern.test(properties.class))?.[1] ?? 1,
  });
  L.geoJSON(state.roads, { renderer: surfaces.roads, pane: "roads", interactive: false, style }).addTo(roads);
}

obstacles.push(() =>
  places.getLayers().map((layer) => ({
    ...map.latLngToContainerPoint(layer.getLatLng()),
    width: 16,
    height: 16,
  })),
);

watch(["places", "styles", "township"], () => setTimeout(redrawNames));
watch(["places", "styles", "day", "preview", "view"], drawPlaces);
watch(["roads", "township"], drawRoads);
onLayer((name) => {
  if (["places", "routes"].includes(name)) drawPlaces();
  if (name === "roads") drawRoads();
});
