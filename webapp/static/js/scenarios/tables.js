// The list of ways to plan, and the differences of the chosen one village by village.

import { button, h } from "../desk/dom.js";
import { t } from "../texts.js";

const HEAD = ["scenario", "changes", "early", "spread", "hours", "minutes", "fit"];

function cells(figures) {
  const hours = `${figures.lightest_hours.toFixed(1)}–${figures.heaviest_hours.toFixed(1)}`;
  const fit = figures.fit_percent === null ? "–" : `${figures.fit_percent.toFixed(0)}%`;
  const shown = [
    figures.changes,
    figures.early_changes,
    `${figures.spread_percent.toFixed(1)}%`,
    hours,
    figures.minutes.toFixed(1),
    fit,
  ];
  return shown.map((value) => h("td", {}, String(value)));
}

function notes(point) {
  const said = [
    !point.proven && t("ownership.unproven"),
    point.figures.uncovered > 0 && t("ownership.uncovered", { n: point.figures.uncovered }),
  ].filter(Boolean);
  return said.length ? h("small", {}, said.join(" · ")) : null;
}

/** Head and rows of the list. */
export function pointRows({ points, now, chosen, choose }) {
  const head = h(
    "thead",
    {},
    h("tr", {}, HEAD.map((name) => h("th", { scope: "col" }, t(`ownership.head_${name}`)))),
  );
  const rows = points.map((point) =>
    h(
      "tr",
      {
        class: [point.id === chosen && "is-chosen", point.best && "is-best"].filter(Boolean).join(" ") || null,
        data: { row: point.id },
      },
      h(
        "th",
        { scope: "row" },
        button(point.title, () => choose(point.id), {
          class: "choose",
          "aria-pressed": String(point.id === chosen),
          data: { key: `choose-${point.id}` },
        }),
        notes(point),
      ),
      cells(point.figures),
    ),
  );
  if (now) rows.unshift(h("tr", {}, h("th", { scope: "row" }, t("ownership.now")), cells(now)));
  return [head, h("tbody", {}, rows)];
}

function differenceRow(change, light) {
  const nobody = t("ownership.nobody");
  const why = change.why.length
    ? h(
        "details",
        {},
        h("summary", {}, t("ownership.why")),
        h("ul", {}, change.why.map((words) => h("li", {}, words))),
      )
    : null;
  return h(
    "tr",
    {
      data: { village: change.village },
      on: { pointerenter: () => light(change.village), pointerleave: () => light(null) },
    },
    h("th", { scope: "row" }, change.village_name),
    h("td", {}, change.before_name ?? nobody),
    h("td", {}, change.after_name ?? nobody),
    h("td", {}, why),
  );
}

/** Differences from the plan in force; `light` marks a village on both maps. */
export function differences(point, light) {
  if (!point.changes.length) return [h("p", { class: "text-secondary" }, t("ownership.no_differences"))];
  const head = ["village", "before", "after", "why"].map((name) =>
    h("th", { scope: "col" }, t(`ownership.head_${name}`)),
  );
  return [
    h("h2", {}, t("ownership.differences", { n: point.changes.length })),
    h(
      "div",
      { class: "difference-scroll" },
      h(
        "table",
        { class: "table table-sm align-middle", id: "difference-table" },
        h("thead", {}, h("tr", {}, head)),
        h("tbody", {}, point.changes.map((change) => differenceRow(change, light))),
      ),
    ),
  ];
}
