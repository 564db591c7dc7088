// The office's inbox: the lists, what is selected, the map on which a report gets its place.

import { api } from "./api.js";
import { drawBorders } from "./borders.js";
import { adviceBox, stepTo } from "./desk/advice.js";
import { button, h } from "./desk/dom.js";
import { repeatsBox } from "./desk/repeats.js";
import { language, t } from "./texts.js";

/* global L */

const config = JSON.parse(document.getElementById("inbox-config").textContent);
const items = document.getElementById("items");
const detail = document.getElementById("detail");
const mapBox = document.querySelector(".inbox-map");
const hint = document.getElementById("map-hint");
const REFRESH = 60_000;

let view = "new";
let tips = [];
let chosen = null;
/** Where a pending report is about to be placed: {lon, lat}. */
let spot = null;
/** What the detail shows of the chosen report's repeats: {tip, box, points}. */
let repeats = null;
/** Who should deal with the chosen report: {incident, box}. */
let advice = null;

const when = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { timeZone: config.zone, month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
const time = (iso) => when.format(new Date(iso));

// --- map ---------------------------------------------------------------------------------------------------

const map = L.map("map", { attributionControl: false, zoomSnap: 0.25 }).setView([35, 105], 5);
L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
let shapes = new Map();
const marks = L.layerGroup().addTo(map);
let everything = null;

async function drawVillages() {
  const answer = await fetch(config.villages, { credentials: "same-origin" });
  if (!answer.ok) return;
  shapes = drawBorders(map, (await answer.json()).features, { style: { color: "#9aa3ad", weight: 1 }, namesFrom: 12 });
  everything = L.featureGroup([...shapes.values()]);
  showOnMap();
}

function pin(lon, lat, name) {
  const icon = L.divIcon({ className: "", html: h("div", { class: `pin ${name}` }), iconSize: [24, 24], iconAnchor: [12, 28] });
  return L.marker([lat, lon], { icon, keyboard: false }).addTo(marks);
}

function showOnMap() {
  marks.clearLayers();
  mapBox.classList.toggle("placing", isPlaceable());
  hint.textContent = isPlaceable() ? t("inbox.click_map") : "";
  if (chosen?.lon !== null && chosen?.lon !== undefined) pin(chosen.lon, chosen.lat, isPlaceable() && !spot ? "pin-hint" : "");
  for (const other of (repeats?.id === chosen?.id && repeats?.others) || []) pin(other.lon, other.lat, "pin-hint pin-other").bindTooltip(h("span", { text: other.category || t("inbox.no_category") }));
  if (spot) {
    marks.clearLayers();
    pin(spot.lon, spot.lat, "");
  }
  if (spot) return;
  const village = shapes.get(chosen?.village_code);
  if (chosen && chosen.lon !== null) map.setView([chosen.lat, chosen.lon], Math.max(14, map.getZoom()));
  else if (village) map.fitBounds(village.getBounds(), { padding: [30, 30] });
  else if (everything?.getBounds().isValid()) map.fitBounds(everything.getBounds(), { padding: [12, 12] });
}

const isPlaceable = () => config.can_edit && chosen?.view === "new" && chosen.incident_id === null;

map.on("click", ({ latlng }) => {
  if (!isPlaceable()) return;
  spot = { lon: latlng.lng, lat: latlng.lat };
  showOnMap();
  showDetail();
});

// --- list --------------------------------------------------------------------------------------------------

async function load() {
  const query = new URLSearchParams(config.township ? { township: config.township } : {});
  const answer = await api("GET", `/tips?${query}`);
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = answer.counts[place.dataset.count] || "";
  tips = answer.tips;
  chosen = tips.find((tip) => tip.id === chosen?.id) ?? null;
}

function showList() {
  const shown = tips.filter((tip) => tip.view === view);
  for (const tab of document.querySelectorAll("[data-view]")) tab.setAttribute("aria-selected", String(tab.dataset.view === view));
  items.replaceChildren(...(shown.length ? shown.map(listItem) : [h("p", { class: "inbox-empty", text: t(`inbox.empty_${view}`) })]));
}

function listItem(tip) {
  const where = tip.village ?? (tip.place_words || t("inbox.place_unknown"));
  return h(
    "button",
    { type: "button", class: "inbox-item", "aria-current": tip.id === chosen?.id ? "true" : null, on: { click: () => choose(tip) } },
    h("span", { class: "line" }, h("strong", { text: tip.category || t("inbox.no_category") }), h("time", { datetime: tip.received_at, text: time(tip.received_at) })),
    h("span", { class: "line" }, h("span", { class: "words", text: where }), stateTag(tip)),
    h("div", { class: "words", text: tip.description || t("inbox.photos_only") }),
    h("span", { class: "line" }, h("span", { class: "from", text: tip.source_text }), tip.due_at ? h("span", { class: isLate(tip) ? "due late" : "due", text: `${t("inbox.fact_due")} ${time(tip.due_at)}` }) : null),
  );
}

const isLate = (tip) => tip.view === "new" && new Date(tip.due_at) < new Date();

function stateTag(tip) {
  if (tip.merged) return h("span", { class: "tag" }, t("inbox.merged"));
  if (tip.solved === false) return h("span", { class: "tag tag-bad", text: t("inbox.not_solved") });
  if (tip.view === "new" && tip.incident_id === null) return h("span", { class: "tag tag-warn", text: t("inbox.needs_place") });
  return h("span", { class: "tag", text: tip.state_text });
}

function choose(tip) {
  chosen = tip;
  spot = null;
  showList();
  showDetail();
  showOnMap();
}

// --- detail ------------------------------------------------------------------------------------------------

function showDetail() {
  if (!chosen) {
    detail.replaceChildren(h("p", { class: "inbox-empty", text: t("inbox.choose") }));
    return;
  }
  const tip = chosen;
  const parts = [
    h("h2", { text: tip.category || t("inbox.no_category") }),
    h("div", {}, stateTag(tip), " ", tip.urgent ? h("span", { class: "tag tag-bad", text: t("inbox.urgent") }) : null),
    h("div", { class: "told", text: tip.description || t("inbox.photos_only") }),
    h("div", { class: "inbox-photos" }, tip.photos.map(photo)),
    facts(tip),
    h("div", { id: "contact" }),
    repeatsOf(tip),
    h("div", { class: "inbox-actions" }, actions(tip)),
    adviceFor(tip),
    h("div", { id: "ask" }),
  ];
  detail.replaceChildren(...parts.filter(Boolean));
}

/** The box of what may tell the same; it outlives redraws of the same report. */
function repeatsOf(tip) {
  if (tip.incident_id === null || tip.view === "spam") return null;
  if (repeats?.id !== tip.id || repeats.incident !== tip.incident_id) {
    repeats = { id: tip.id, incident: tip.incident_id, others: [] };
    const mine = repeats;
    const found = ({ suggestions }) => {
      mine.others = suggestions;
      if (mine === repeats && !spot) showOnMap();
    };
    mine.box = repeatsBox(tip.incident_id, { canEdit: config.can_edit, when: time, changed: keepInSight, found, sayNone: tip.view === "new" });
  }
  return repeats.box;
}

/** Who should deal with a new report; one click accepts it and sends it there. */
function adviceFor(tip) {
  if (!config.can_edit || tip.incident_id === null || tip.view !== "new") return null;
  if (advice?.incident !== tip.incident_id) {
    const sendTo = (kind, item) =>
      kind === "body" && item.id === "office" ? null : { words: t(kind === "body" ? "routing.advice_file_pass" : "routing.advice_file"), run: () => acceptFor(tip.id, stepTo(kind, item)) };
    advice = { incident: tip.incident_id, box: adviceBox(tip.incident_id, { when: time, sendTo }) };
  }
  return advice.box;
}

/** Accepted first; where that went well before and only the step was refused, the step alone. */
async function acceptFor(id, step) {
  const now = () => tips.find((tip) => tip.id === id);
  if (now().view === "new") {
    await api("POST", `/tips/${encodeURIComponent(id)}/decision`, { action: "file" });
    await load();
  }
  await api("POST", `/cases/${encodeURIComponent(now().case_id)}/steps`, step);
  await keepInSight();
}

/** The report stays in sight, in whichever list it stands now: a slip is taken back at once. */
async function keepInSight() {
  await load();
  if (chosen) view = chosen.view;
  showList();
  showDetail();
  showOnMap();
}

function photo(id) {
  const address = `/photos/${encodeURIComponent(id)}`;
  return h("a", { href: address, target: "_blank", rel: "noopener" }, h("img", { src: address, alt: t("inbox.photo"), loading: "lazy" }));
}

function facts(tip) {
  const rows = [
    [t("inbox.fact_place"), [tip.township, tip.village, tip.place_words].filter(Boolean).join(" · ") || t("inbox.place_unknown")],
    ["photo", "doubtful", "words"].includes(tip.point_from) ? [t("inbox.fact_point"), t(`inbox.point_${tip.point_from}`)] : null,
    [t("inbox.fact_received"), `${time(tip.received_at)} · ${tip.source_text}`],
    tip.reported_at !== tip.received_at ? [t("inbox.fact_reported"), time(tip.reported_at)] : null,
    tip.order_no ? [t("inbox.fact_order"), tip.order_no] : null,
    tip.due_at ? [t("inbox.fact_due"), isLate(tip) ? `${time(tip.due_at)} · ${t("inbox.overdue")}` : time(tip.due_at)] : null,
    tip.case_id ? [t("inbox.fact_case"), `${tip.case_id} · ${tip.state_text}`] : null,
    tip.rated_at ? [t("inbox.fact_rating"), [t(tip.solved ? "inbox.solved" : "inbox.not_solved"), t("inbox.score", { score: tip.score }), tip.rating_words].filter(Boolean).join(" · ")] : null,
    [t("inbox.fact_contact"), t(tip.has_contact ? "inbox.contact_kept" : "inbox.contact_none")],
  ];
  return h("dl", {}, rows.filter(Boolean).map(([name, value]) => [h("dt", { text: name }), h("dd", { text: value })]));
}

function actions(tip) {
  const main = { class: "btn btn-sm btn-primary" };
  const found = [];
  if (config.can_edit && tip.view === "new") {
    if (tip.incident_id === null) {
      found.push(button(t("inbox.place"), () => placeHere(tip), { ...main, disabled: spot === null && tip.lon === null }));
      found.push(button(t("inbox.pass_on"), () => askTownship(tip)));
    } else {
      found.push(button(t("inbox.file"), () => send(tip, "decision", { action: "file" }), main));
      found.push(button(t("inbox.verify"), () => send(tip, "decision", { action: "verify" })));
    }
    found.push(button(t("inbox.spam"), () => askWhy(tip, "spam", t("inbox.spam_why"))));
  }
  if (config.can_edit && tip.view === "spam") found.push(button(t("inbox.restore"), () => askWhy(tip, "restore", t("inbox.restore_why")), main));
  if (tip.view === "unsolved") found.push(button(t("inbox.reopen"), () => askWhy(tip, "reopen", t("inbox.reopen_why")), main));
  if (config.can_edit && tip.has_contact) found.push(button(t("inbox.contact"), () => askWhy(tip, "contact", t("inbox.contact_why"))));
  return found;
}

function placeHere(tip) {
  const at = spot ?? { lon: tip.lon, lat: tip.lat };
  return send(tip, "place", at);
}

/** Ask one thing before an action. */
function ask(words, control, onSubmit) {
  const form = h(
    "form",
    { class: "inbox-ask", on: { submit: (event) => (event.preventDefault(), onSubmit(control.value)) } },
    h("label", { class: "form-label", for: control.id, text: words }),
    control,
    h("div", { class: "buttons" }, h("button", { type: "submit", class: "btn btn-sm btn-primary" }, t("inbox.confirm")), button(t("web.cancel"), () => showDetail())),
  );
  document.getElementById("ask").replaceChildren(form);
  control.focus();
}

/** Ask for a reason before something that stays on record. */
function askWhy(tip, action, words) {
  const reason = h("textarea", { class: "form-control", id: "why", rows: 2, maxlength: 500, required: true });
  ask(words, reason, (why) => send(tip, action, { why }));
}

function askTownship(tip) {
  const select = h(
    "select",
    { class: "form-select form-select-sm", id: "to" },
    config.townships.filter((item) => item.code !== tip.township_code).map((item) => h("option", { value: item.code, text: item.name })),
  );
  ask(t("inbox.pass_on_to"), select, (township_code) => send(tip, "pass-on", { township_code }));
}

async function send(tip, action, body) {
  try {
    const answer = await api("POST", `/tips/${encodeURIComponent(tip.id)}/${action}`, body);
    // Whoever looks at another report by now is not shown this one's.
    if (action === "contact") {
      if (chosen?.id !== tip.id) return;
      document.getElementById("ask").replaceChildren();
      showContact(answer);
      return;
    }
    spot = null;
    await load();
    // What was placed goes on to be accepted; what left the list makes room for the next.
    if (chosen && chosen.view !== view) chosen = tips.find((item) => item.view === view) ?? null;
    showList();
    showDetail();
    showOnMap();
  } catch (problem) {
    if (chosen?.id !== tip.id) return;
    document.getElementById("ask").replaceChildren(h("p", { class: "alert alert-danger", role: "alert", text: problem.message }));
  }
}

function showContact(contact) {
  const rows = ["name", "phone", "email", "account"].filter((name) => contact[name]);
  document.getElementById("contact").replaceChildren(
    h("div", { class: "inbox-contact" }, rows.map((name) => h("div", { text: `${t(`inbox.contact_${name}`)} ${contact[name]}` }))),
  );
}

// --- start ---------------------------------------------------------------------------------------------------

for (const tab of document.querySelectorAll("[data-view]"))
  tab.addEventListener("click", () => {
    view = tab.dataset.view;
    choose(tips.find((tip) => tip.view === view) ?? null);
  });

async function start() {
  try {
    await Promise.all([load(), drawVillages()]);
  } catch (problem) {
    items.replaceChildren(h("p", { class: "alert alert-danger m-2", role: "alert", text: problem.message }));
    return;
  }
  choose(tips.find((tip) => tip.view === view) ?? null);
}

start();
setInterval(async () => {
  if (document.hidden || document.querySelector("#ask form")) return;
  try {
    await load();
    showList();
  } catch {
    // No connection for the moment: the list stays as it is, the next look may do better.
  }
}, REFRESH);
