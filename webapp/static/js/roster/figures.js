// How the month spreads company and leadership.

import { h, refill } from "../desk/dom.js";
import { t } from "../texts.js";
import { nameOf, state } from "./state.js";

function bar(value, most) {
  return h("span", { class: "bar", style: { "--part": most ? value / most : 0 } });
}

function leaders(roster) {
  const able = roster.people.filter((one) => one.share.led > 0 || one.before.led > 0 || (one.certified && one.share.days > 0)).sort((a, b) => b.share.led - a.share.led || a.id.localeCompare(b.id));
  const most = able[0]?.share.led ?? 0;
  return h(
    "table",
    { class: "figures" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("roster.ui.person")), h("th", { scope: "col" }, t("roster.share.led")), h("th", { scope: "col", title: t("roster.ui.led_before_title") }, t("roster.ui.before")), h("th", { scope: "col" }, t("roster.ui.of_duties")))),
    h("tbody", {}, able.map((one) => h("tr", {}, h("th", { scope: "row" }, one.name, h("small", {}, one.agency_name)), h("td", {}, bar(one.share.led, most), String(one.share.led)), h("td", {}, String(one.before.led)), h("td", {}, String(one.share.days))))),
  );
}

function pairs(company) {
  const most = company.most_frequent[0]?.times ?? 0;
  return h(
    "table",
    { class: "figures" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("roster.ui.pair")), h("th", { scope: "col" }, t("roster.sheet.times")))),
    h("tbody", {}, company.most_frequent.map((row) => h("tr", {}, h("th", { scope: "row" }, row.people.map(nameOf).join(" · ")), h("td", {}, bar(row.times, most), String(row.times))))),
  );
}

/** Draw the pane of pairs and leaders. */
export function drawFigures(pane) {
  const { company, made } = state.roster;
  if (!made) {
    refill(pane, h("p", { class: "text-secondary" }, t("roster.ui.none_yet")));
    return;
  }
  refill(
    pane,
    h("p", {}, t("roster.ui.company", company)),
    h("h3", {}, t("roster.ui.leaders")),
    leaders(state.roster),
    h("h3", {}, t("roster.ui.pairs")),
    h("p", { class: "text-secondary" }, company.spread.map((row) => t("roster.ui.pair_spread", row)).join("，")),
    pairs(company),
  );
}
