// What colours, patterns and shapes on the map mean, with numbers. Only what is shown is explained.

import { t } from "../texts.js";
import { OLD_DAYS } from "./clusters.js";
import { h, mark, refill, stroke } from "./dom.js";
import { heatColours } from "./mapincidents.js";
import { layers, onLayer } from "./maplayers.js";
import { NO_OWNER, RISK_COLOURS } from "./mapvillages.js";
import { tally } from "./spreadfilter.js";
import { shownPlan, squadStyle, state, watch } from "./store.js";

const place = document.getElementById("legend");

const row = (picture, words) => h("li", {}, picture, h("span", {}, words));
const swatch = (colour) => h("span", { class: "swatch", style: { background: colour } });
const part = (title, rows) => h("section", {}, h("h3", {}, title), h("ul", { class: "plain-list" }, rows));

function debtPart() {
  const steps = state.styles.debt.map((step) => h("li", {}, swatch(step.colour), h("span", {}, step.label)));
  return h("section", {}, h("h3", {}, t("desk.legend_debt")), h("ul", { class: "plain-list ramp" }, steps));
}

function villagesPart() {
  if (layers.fill === "owner")
    return part(t("desk.fill_owner"), [
      row(swatch("#a6cee3"), t("desk.legend_owner")),
      row(swatch(NO_OWNER), t("desk.no_owner")),
    ]);
  if (layers.fill === "risk")
    return part(
      t("desk.fill_risk"),
      Object.entries(RISK_COLOURS).map(([risk, colour]) => row(swatch(colour), t(`desk.risk_${risk}`))),
    );
  return debtPart();
}

function squadsPart() {
  const plan = shownPlan();
  if (!layers.routes || !plan?.squads.some((squad) => squad.visits.length)) return null;
  const rows = plan.squads.map((squad) =>
    row(stroke(squadStyle(squad.number)), t("desk.squad", { n: squad.number })),
  );
  const left =
    layers.left && plan.unassigned.length
      ? [row(h("span", { class: "map-left legend-left" }), t("desk.left_out"))]
      : [];
  return part(t("desk.layer_routes"), [...rows, ...left]);
}

/** The states drawn, with how many there are of each while a period is looked at. */
function spreadPart() {
  const { mode, shown } = state.spread;
  if (mode === "heat")
    return h(
      "section",
      {},
      h("h3", {}, t("desk.spread_density")),
      h(
        "ul",
        { class: "plain-list ramp" },
        heatColours.map((colour, index) =>
          h("li", {}, swatch(colour), h("span", {}, heatWords(index, heatColours.length))),
        ),
      ),
    );
  const counts = new Map(tally(shown, "state"));
  const rows = Object.keys(state.styles.incidents)
    .filter((name) => counts.has(name))
    .map((name) =>
      row(mark(state.styles.incidents[name], 14), `${t(`day.incident.${name}`)} ${counts.get(name)}`),
    );
  const old = row(h("span", { class: "legend-old" }), t("desk.spread_old", { n: OLD_DAYS }));
  return part(t("desk.incidents"), [...rows, old]);
}

function heatWords(index, all) {
  if (index === 0) return t("desk.spread_few");
  return index === all - 1 ? t("desk.spread_many") : "";
}

function incidentsPart() {
  const states = [
    ...(layers.incidents ? ["reported", "escalated"] : []),
    ...(layers.settled ? ["settled", "closed"] : []),
  ];
  if (!states.length || !state.township) return null;
  return part(
    t("desk.incidents"),
    states.map((name) => row(mark(state.styles.incidents[name], 14), t(`day.incident.${name}`))),
  );
}

function draw() {
  if (!state.styles || !state.villages?.features.length) {
    refill(place);
    return;
  }
  refill(place, ...(state.spread ? [spreadPart()] : [villagesPart(), squadsPart(), incidentsPart()]));
}

watch(["styles", "villages", "day", "preview", "view", "township", "spread"], draw);
onLayer(draw);
