// Which layers are shown and how villages are coloured: the panel on the map, remembered in this browser.

import { t } from "../texts.js";
import { h } from "./dom.js";

const KEPT = "gridmgr.desk.layers";
const DEFAULTS = {
  fill: "debt",
  routes: true,
  left: true,
  incidents: true,
  settled: false,
  places: false,
  roads: true,
  names: true,
  times: true,
};
const CHECKS = ["routes", "times", "left", "incidents", "settled", "places", "roads", "names"];
const FILLS = ["debt", "owner", "risk"];
const listeners = [];

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

export const layers = { ...DEFAULTS, ...kept() };

/** Be told which layer changed. */
export function onLayer(listener) {
  listeners.push(listener);
}

/** Change a layer from the panel, to be remembered; or, `passing`, for a view that needs it for a while. */
export function setLayer(name, value, { passing = false } = {}) {
  if (layers[name] === value) return;
  layers[name] = value;
  if (!passing) localStorage.setItem(KEPT, JSON.stringify(layers));
  const input =
    name === "fill" ? panel.querySelector(`[value="${value}"]`) : panel.querySelector(`[name="${name}"]`);
  if (input) input.checked = name === "fill" ? true : value;
  for (const listener of listeners) listener(name, value);
}

const panel = document.getElementById("layers");

function choice(type, name, value, words, checked, onChange) {
  return h(
    "label",
    { class: "layer" },
    h("input", { type, name, value, class: "form-check-input", checked, on: { change: onChange } }),
    h("span", {}, words),
  );
}

panel.append(
  h(
    "fieldset",
    {},
    h("legend", {}, t("desk.layers_fill")),
    FILLS.map((fill) =>
      choice("radio", "fill", fill, t(`desk.fill_${fill}`), layers.fill === fill, () =>
        setLayer("fill", fill),
      ),
    ),
  ),
  h(
    "fieldset",
    {},
    h("legend", {}, t("desk.layers_shown")),
    CHECKS.map((name) =>
      choice("checkbox", name, "", t(`desk.layer_${name}`), layers[name], (event) =>
        setLayer(name, event.target.checked),
      ),
    ),
  ),
);
