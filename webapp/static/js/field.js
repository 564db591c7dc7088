// The officer's page: the map, how far it is, the position sent with an arrival, a notice when the plan changed.

import { metresBetween, placeNow, watchPlace } from "./place.js";
import { t } from "./texts.js";

const script = document.getElementById("field-script");
const data = JSON.parse(document.getElementById("field-data").textContent);
/** An arrival farther from its stop is asked about. */
const FAR_METRES = 500;
const LOOK_AGAIN = 60_000;

const distance = (metres) => (metres < 950 ? t("field.js_metres", { value: Math.round(metres / 10) * 10 }) : t("field.js_km", { value: (metres / 1000).toFixed(1) }));

// --- map -------------------------------------------------------------------------------------------------

function numberIcon({ number, state }) {
  const element = document.createElement("span");
  element.className = `number number-${state}`;
  element.textContent = state === "done" ? "✓" : number;
  return L.divIcon({ html: element, className: "", iconSize: [28, 28] });
}

/** Nearer than this there is room for the villages' names. */
const NAMES_FROM_ZOOM = 13;

function drawVillages(map) {
  // Below the stops: a name must not cover a number.
  const pane = map.createPane("names");
  pane.style.zIndex = 450;
  const fit = () => (pane.hidden = map.getZoom() < NAMES_FROM_ZOOM);
  map.on("zoomend", fit);
  fit();
  for (const { name, geometry } of data.villages) {
    const shape = L.geoJSON(geometry, { interactive: false, style: { color: "#9aa3ad", weight: 1, fillColor: "#fffdf5", fillOpacity: 1 } }).addTo(map);
    const label = document.createElement("span");
    label.textContent = name;
    shape.bindTooltip(label, { permanent: true, direction: "center", className: "village-name", pane: "names" });
  }
}

function drawMap(element) {
  const map = L.map(element, { zoomControl: false, attributionControl: false, zoomSnap: 0.5 });
  const stops = data.stops.map((stop) => [stop.lat, stop.lon]);
  const waiting = data.stops.filter((stop) => stop.state !== "done").map((stop) => [stop.lat, stop.lon]);
  map.fitBounds(L.latLngBounds(waiting.length ? waiting : stops).pad(0.12), { maxZoom: 15 });
  L.control.zoom({ position: "topright" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  drawVillages(map);
  for (const line of data.lines) {
    const points = line.map(([lon, lat]) => [lat, lon]);
    L.polyline(points, { color: "#fff", weight: 7, opacity: 0.9, interactive: false }).addTo(map);
    L.polyline(points, { color: "#14508c", weight: 4, interactive: false }).addTo(map);
  }
  for (const stop of data.stops) {
    const label = document.createElement("strong");
    label.textContent = stop.name;
    L.marker([stop.lat, stop.lon], { icon: numberIcon(stop), title: stop.name, zIndexOffset: stop.state === "next" || stop.state === "here" ? 1000 : 0 })
      .bindPopup(label)
      .addTo(map);
  }
  return map;
}

const element = document.getElementById("map");
const map = element && data.stops.length ? drawMap(element) : null;
let me = null;

function showMe(place) {
  if (!map) return;
  const here = [place.lat, place.lon];
  me ??= L.circleMarker(here, { radius: 9, color: "#fff", weight: 3, fillColor: "#d98200", fillOpacity: 1 }).bindTooltip(t("field.js_me")).addTo(map);
  me.setLatLng(here);
}

// --- how far ---------------------------------------------------------------------------------------------

const away = document.getElementById("away");
watchPlace((place) => {
  showMe(place);
  if (!away) return;
  const stop = { lon: Number(away.dataset.lon), lat: Number(away.dataset.lat) };
  away.textContent = ` · ${t("field.js_away", { distance: distance(metresBetween(place, stop)) })}`;
});

// --- arriving --------------------------------------------------------------------------------------------

async function arrive(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  const place = await placeNow();
  if (place) {
    form.elements.lon.value = place.lon;
    form.elements.lat.value = place.lat;
    const metres = metresBetween(place, { lon: Number(form.dataset.lon), lat: Number(form.dataset.lat) });
    if (metres > FAR_METRES && !window.confirm(t("field.js_far", { distance: distance(metres) }))) {
      button.disabled = false;
      return;
    }
  }
  // submit() skips this handler; the form goes as it would without scripts.
  form.submit();
}

document.addEventListener("submit", (event) => {
  if (event.target.dataset.arrive === undefined) return;
  event.preventDefault();
  arrive(event.target);
});

// --- a new plan ------------------------------------------------------------------------------------------

async function lookAgain() {
  if (document.hidden) return;
  try {
    const answer = await fetch(script.dataset.state, { credentials: "same-origin" });
    if (!answer.ok) return;
    const patrol = await answer.json();
    document.getElementById("reload").hidden = (patrol.plan_id ?? "") === script.dataset.plan;
  } catch {
    // No signal: the page stays as it is, the next look may do better.
  }
}

setInterval(lookAgain, LOOK_AGAIN);
document.addEventListener("visibilitychange", lookAgain);
