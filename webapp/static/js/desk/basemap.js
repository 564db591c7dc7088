// The map itself: panes in their order, zoom buttons, scale, the extent of what is shown.

import { t } from "../texts.js";

/* global L */

export const map = L.map("map", {
  zoomControl: false,
  attributionControl: false,
  zoomSnap: 0.25,
  zoomDelta: 0.5,
  wheelPxPerZoomLevel: 90,
  minZoom: 5,
  maxZoom: 19,
  keyboard: true,
});
// A view at once, so that layers may come in any order; it changes when the villages are known.
map.setView([35, 105], 5);
L.control
  .zoom({ position: "bottomright", zoomInTitle: t("desk.zoom_in"), zoomOutTitle: t("desk.zoom_out") })
  .addTo(map);
L.control.scale({ position: "bottomright", imperial: false }).addTo(map);

// Only the village canvas and what stands above it take the pointer; see desk.css for the panes that do not.
const PANES = { villages: 350, roads: 380, names: 390, ghosts: 410, routes: 420 };
for (const [name, height] of Object.entries(PANES)) map.createPane(name).style.zIndex = String(height);

/** Drawing surfaces: canvas where there is much, SVG where single things take the pointer. */
export const surfaces = {
  villages: L.canvas({ pane: "villages", padding: 0.3 }),
  roads: L.canvas({ pane: "roads", padding: 0.3 }),
  ghosts: L.svg({ pane: "ghosts", padding: 0.3 }),
  routes: L.svg({ pane: "routes", padding: 0.3 }),
};

let home = null;
let moved = false;

/** Show everything; called when another township's villages arrive. */
export function fit(bounds) {
  if (!bounds.isValid()) return;
  home = bounds;
  fitHome();
}

/** Back to the whole township. */
export function fitHome() {
  if (home) map.fitBounds(home, { padding: [12, 12], animate: false });
  moved = false;
}

/** What names must not cover, such as numbered stops: functions that give {x, y, width, height}, pixels of the map. */
export const obstacles = [];

/** Make a tooltip whose words can only be text. */
export function tooltip(...lines) {
  const box = document.createElement("div");
  for (const line of lines.filter(Boolean)) {
    const row = document.createElement("div");
    row.textContent = line;
    box.append(row);
  }
  box.firstChild?.classList.add("tip-title");
  return box;
}

for (const gesture of ["pointerdown", "wheel", "keydown"])
  map.getContainer().addEventListener(gesture, () => (moved = true), { passive: true });

// Leaflet measures itself once; the panes around it change size.
new ResizeObserver(() => {
  map.invalidateSize({ pan: false });
  if (!moved) fitHome();
}).observe(map.getContainer());
