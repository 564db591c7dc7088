// The report's form with a script: the phone's own position, a point on the map, searching the villages,
// a look at the photos, no sending twice. Without it the form works as it stands.

import { drawBorders } from "./borders.js";
import { placeNow } from "./place.js";
import { t } from "./texts.js";

/* global L */

const form = document.getElementById("tip");
const data = JSON.parse(document.getElementById("tip-data").textContent);
const village = document.querySelector("select[name=village]");

document.getElementById("summary")?.focus();

// --- photos ------------------------------------------------------------------------------------------------

const photo = document.getElementById("photo");
const shots = document.getElementById("shots");
document.getElementById("photo-button").hidden = false;
photo.classList.add("behind");
photo.addEventListener("change", () => {
  for (const image of shots.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  shots.replaceChildren();
  for (const file of photo.files) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = file.name;
    shots.append(image);
  }
  const most = Number(photo.dataset.most);
  if (photo.files.length <= most) return;
  const words = document.createElement("p");
  words.className = "wrong";
  words.textContent = t("tip.js_too_many", { most });
  shots.prepend(words);
});

// --- villages ------------------------------------------------------------------------------------------------

/** More villages than a thumb likes to scroll through. */
const SEARCH_FROM = 12;

function searchable(select) {
  const search = document.getElementById("village-search");
  if (select.options.length <= SEARCH_FROM) return;
  search.hidden = false;
  const whole = [...select.children];
  const names = new Map([...select.options].map((option) => [option, option.textContent]));
  search.addEventListener("input", () => {
    const wanted = search.value.trim();
    const chosen = select.value;
    select.replaceChildren(...whole);
    if (!wanted) {
      select.value = chosen;
      return;
    }
    const found = [...names].filter(([option, name]) => option.value && name.includes(wanted)).map(([option]) => option.cloneNode(true));
    const none = whole[0].cloneNode(true);
    none.textContent = found.length ? t("tip.js_found", { count: found.length }) : t("tip.js_none");
    select.replaceChildren(none, ...found);
    select.value = found.length === 1 ? found[0].value : "";
  });
}

if (village) searchable(village);
document.querySelector("select[data-choose]")?.addEventListener("change", (event) => {
  if (event.target.value) form.querySelector("button[name=choose]").click();
});

// --- the point -----------------------------------------------------------------------------------------------

const words = document.getElementById("spot-words");
let map = null;
let pin = null;

function showPoint(lon, lat, say) {
  form.elements.lon.value = lon;
  form.elements.lat.value = lat;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.textContent = t("tip.js_remove");
  remove.addEventListener("click", forgetPoint);
  words.replaceChildren(say, " ", remove);
  movePin();
}

function forgetPoint() {
  form.elements.lon.value = form.elements.lat.value = "";
  words.replaceChildren();
  movePin();
}

function movePin() {
  if (!map) return;
  pin?.remove();
  pin = null;
  if (!form.elements.lon.value) return;
  const icon = L.divIcon({ className: "", html: Object.assign(document.createElement("div"), { className: "pin" }), iconSize: [26, 26], iconAnchor: [13, 31] });
  pin = L.marker([Number(form.elements.lat.value), Number(form.elements.lon.value)], { icon, keyboard: false }).addTo(map);
  if (!map.getBounds().contains(pin.getLatLng())) map.setView(pin.getLatLng(), Math.max(map.getZoom(), 14));
}

document.getElementById("spot").hidden = false;
const here = document.getElementById("here");
here.addEventListener("click", async () => {
  here.disabled = true;
  words.textContent = t("tip.js_looking");
  const place = await placeNow(12_000);
  here.disabled = false;
  if (place) showPoint(place.lon, place.lat, t("tip.js_here", { metres: Math.max(5, Math.round(place.accuracy / 5) * 5) }));
  else words.textContent = t("tip.js_no_position");
});

function loaded(element) {
  return new Promise((resolve, reject) => {
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => reject(new Error("load")));
    document.head.append(element);
  });
}

function chooseVillage(code) {
  const search = document.getElementById("village-search");
  if (search.value) {
    search.value = "";
    search.dispatchEvent(new Event("input"));
  }
  village.value = code;
}

async function openMap() {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: data.leaflet_css });
  const script = Object.assign(document.createElement("script"), { src: data.leaflet });
  const [answer] = await Promise.all([fetch(data.villages), loaded(style), loaded(script)]);
  if (!answer.ok) throw new Error(String(answer.status));
  const villages = await answer.json();
  map = L.map("map", { attributionControl: false, zoomSnap: 0.5, maxZoom: 18 });
  L.control.scale({ imperial: false }).addTo(map);
  // A view before the borders: names ask how near it is.
  map.setView([35, 105], 5);
  const shapes = drawBorders(map, villages.features, {
    style: { color: "#7d8995", weight: 1.2 },
    namesFrom: 12.5,
    onClick: ({ properties }, { lng, lat }) => {
      chooseVillage(properties.code);
      showPoint(lng, lat, t("tip.js_on_map", { name: properties.name }));
    },
  });
  const all = L.featureGroup([...shapes.values()]);
  map.fitBounds((shapes.get(village?.value) ?? all).getBounds(), { padding: [8, 8] });
  map.on("click", ({ latlng }) => showPoint(latlng.lng, latlng.lat, t("tip.js_on_map_outside")));
  village?.addEventListener("change", () => shapes.has(village.value) && map.fitBounds(shapes.get(village.value).getBounds()));
  movePin();
}

const onMap = document.getElementById("on-map");
onMap?.addEventListener("click", async () => {
  const box = document.getElementById("map-box");
  box.hidden = !box.hidden;
  onMap.setAttribute("aria-expanded", String(!box.hidden));
  if (box.hidden || map) return;
  try {
    await openMap();
  } catch {
    box.hidden = true;
    words.textContent = t("tip.js_no_map");
  }
});

if (form.elements.lon.value) showPoint(form.elements.lon.value, form.elements.lat.value, t("tip.js_kept"));

// --- sending -------------------------------------------------------------------------------------------------

form.addEventListener("submit", (event) => {
  if (event.submitter?.name === "choose") return;
  const send = document.getElementById("send");
  send.textContent = t("tip.js_sending");
  setTimeout(() => (send.disabled = true));
});
// Coming back with the browser's "back" finds the page as it was left.
window.addEventListener("pageshow", () => {
  const send = document.getElementById("send");
  send.disabled = false;
  send.textContent = t("tip.js_send");
});
