// The whole county for lead and administrator: townships with the state of their day; a click opens one.

import { t } from "../texts.js";
import { h, refill } from "./dom.js";
import { go } from "./picker.js";
import { state, watch } from "./store.js";

const place = document.getElementById("county");
const LEVELS = { empty: "none", squads: "warn", routes: "warn", changed: "warn", published: "good" };

/** Villages and how many of them are behind, by township. */
function villageCounts() {
  const counts = new Map();
  for (const { properties } of state.villages?.features ?? []) {
    const count = counts.get(properties.township) ?? { all: 0, owing: 0 };
    count.all += 1;
    count.owing += properties.debt >= 1 ? 1 : 0;
    counts.set(properties.township, count);
  }
  return counts;
}

function row(item, count) {
  const open = () => go({ township: item.code });
  return h(
    "tr",
    { title: item.state_text },
    h(
      "th",
      { scope: "row" },
      h(
        "button",
        { type: "button", class: "jump", data: { key: `open-${item.code}` }, on: { click: open } },
        item.name,
      ),
    ),
    h("td", {}, h("span", { class: `dot dot-${LEVELS[item.state]}` }, t(`desk.county_state_${item.state}`))),
    h("td", { class: "numeric" }, item.visits ? `${item.done}/${item.visits}` : "–"),
    h("td", { class: "numeric" }, count ? `${count.owing}/${count.all}` : "–"),
  );
}

function draw() {
  document.body.classList.toggle("is-county", state.township === "");
  place.hidden = state.township !== "";
  if (state.township !== "") return;
  const counts = villageCounts();
  const rows = (state.county?.townships ?? []).map((item) => row(item, counts.get(item.code)));
  const heads = ["township", "state", "visits", "owing"].map((name, index) =>
    h(
      "th",
      { scope: "col", class: index > 1 ? "numeric" : "", title: t(`desk.county_${name}_title`) },
      t(`desk.county_${name}`),
    ),
  );
  refill(
    place,
    h("table", { class: "county-table" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows)),
    !state.county && h("p", { class: "nothing" }, t("desk.loading")),
  );
}

/** The county at a glance, for the detail pane. */
export function countySummary() {
  const features = state.villages?.features ?? [];
  const owing = features.filter(({ properties }) => properties.debt >= 1).length;
  const unowned = features.filter(({ properties }) => !properties.owner).length;
  const published = state.county?.townships.filter((item) => item.published_at).length ?? 0;
  const tile = (figure, words) =>
    h(
      "div",
      { class: "day-tile" },
      h("span", { class: "day-figure" }, figure),
      h("span", { class: "day-words" }, words),
    );
  return [
    h(
      "header",
      { class: "detail-head" },
      h("div", { class: "detail-title" }, h("h2", {}, t("desk.whole_county"))),
    ),
    h(
      "div",
      { class: "day-tiles" },
      tile(`${published}/${state.county?.townships.length ?? 0}`, t("desk.county_published")),
      tile(String(features.length), t("desk.county_villages")),
      tile(String(owing), t("desk.county_owing_tile")),
      tile(String(unowned), t("desk.county_unowned")),
    ),
    h("p", { class: "hint" }, t("desk.county_hint")),
  ];
}

// After the map: a table of hundreds of rows is not what anybody waits for.
watch(["county", "villages", "township", "failure"], () => {
  if (state.township || state.failure || document.documentElement.dataset.desk === "ready") draw();
});
document.addEventListener("desk-ready", draw);
draw();
