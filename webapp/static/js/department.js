// A department's case with a script: the map of where it is, and texts filled into the form in place.

import { drawBorders } from "./borders.js";

/* global L */

const box = document.getElementById("map");

async function drawMap() {
  const place = [Number(box.dataset.lat), Number(box.dataset.lon)];
  const map = L.map(box, { attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25 }).setView(place, 13);
  L.control.scale({ imperial: false }).addTo(map);
  const mark = document.createElement("div");
  mark.className = "pin";
  const icon = L.divIcon({ className: "", html: mark, iconSize: [24, 24], iconAnchor: [12, 28] });
  L.marker(place, { icon, keyboard: false, interactive: false, zIndexOffset: 1000 }).addTo(map);
  const answer = await fetch(box.dataset.borders, { credentials: "same-origin" });
  if (!answer.ok) return;
  const shapes = drawBorders(map, (await answer.json()).features, { style: { color: "#9aa3ad", weight: 1 }, namesFrom: 11 });
  const village = shapes.get(box.dataset.village);
  if (!village) return;
  village.setStyle({ color: "#14508c", weight: 2, fillColor: "#e4eef8" });
  map.fitBounds(village.getBounds().extend(place), { padding: [24, 24] });
}

/** A chosen text goes to the end of what was typed, or into the empty field. */
function insert(event) {
  const area = document.getElementById(event.currentTarget.dataset.into);
  event.preventDefault();
  const typed = area.value.trimEnd();
  area.value = typed ? `${typed}\n${event.currentTarget.dataset.words}` : event.currentTarget.dataset.words;
  area.focus();
}

for (const link of document.querySelectorAll("[data-into]")) link.addEventListener("click", insert);
if (box) drawMap();
