// A township's villages, coloured by who leads them; those that change their lead stand out.

import { t } from "../texts.js";
import { s } from "./svg.js";

const PALETTE = ["#a6cee3", "#fdd49e", "#c7e9c0", "#dadaeb", "#fccde5", "#ffffb3", "#ccebc5", "#bcbddc"];
const NOBODY = "#d5d8dc";
const SIZE = 400;
const MARGIN = 14;

function ringsOf(geometry) {
  return geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
}

/** Villages as paths of one picture, and where their names go. */
export function shapesOf(features) {
  const all = features.flatMap(({ geometry }) => ringsOf(geometry).flat());
  const [west, east] = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))];
  const [south, north] = [Math.min(...all.map(([, y]) => y)), Math.max(...all.map(([, y]) => y))];
  const flat = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = (SIZE - 2 * MARGIN) / Math.max((east - west) * flat, north - south, 1e-9);
  const place = ([x, y]) => [MARGIN + (x - west) * flat * scale, MARGIN + (north - y) * scale];
  const size = [2 * MARGIN + (east - west) * flat * scale, 2 * MARGIN + (north - south) * scale];
  const villages = features.map(({ geometry, properties }) => {
    const rings = ringsOf(geometry).map((ring) => ring.map(place));
    const path = rings.map((ring) => `M${ring.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`);
    const largest = rings.reduce((a, b) => (b.length > a.length ? b : a));
    const middle = [0, 1].map((axis) => {
      const values = largest.map((point) => point[axis]);
      return (Math.min(...values) + Math.max(...values)) / 2;
    });
    const corners = ringsOf(geometry)
      .flat()
      .map(([x, y]) => `${x.toFixed(6)},${y.toFixed(6)}`);
    return { code: properties.code, name: properties.name, path: path.join(""), middle, corners };
  });
  return { villages, size };
}

/** A colour for each officer such that owners of neighbouring villages differ, in every plan given. */
export function coloursOf({ villages }, plans) {
  const holders = new Map();
  for (const { code, corners } of villages)
    for (const corner of corners) holders.set(corner, (holders.get(corner) ?? new Set()).add(code));
  const beside = new Map();
  const meet = (a, b) => beside.set(a, (beside.get(a) ?? new Set()).add(b));
  for (const codes of holders.values())
    for (const plan of plans)
      for (const one of codes)
        for (const other of codes) {
          const [a, b] = [plan[one], plan[other]];
          if (a && b && a !== b) meet(a, b);
        }
  const colours = new Map();
  const officers = [...new Set(plans.flatMap((plan) => Object.values(plan)))].sort();
  for (const officer of officers) {
    const taken = new Set([...(beside.get(officer) ?? [])].map((other) => colours.get(other)));
    const turn = colours.size % PALETTE.length;
    const inTurn = [...PALETTE.slice(turn), ...PALETTE.slice(0, turn)];
    colours.set(officer, inTurn.find((colour) => !taken.has(colour)) ?? inTurn[0]);
  }
  return colours;
}

/** One map: `leads` is officers by village, `changed` the codes that differ from the other map. */
export function minimap({ villages, size }, { leads, changed, colours, names, title }) {
  const shapes = villages.map(({ code, name, path }) => {
    const officer = leads[code];
    const who = officer ? (names[officer] ?? officer) : t("ownership.nobody");
    return s(
      "path",
      {
        d: path,
        fill: officer ? colours.get(officer) : NOBODY,
        class: changed.has(code) ? "is-changed" : null,
        "data-village": code,
        "data-officer": officer,
      },
      s("title", { text: t("ownership.village_words", { village: name, officer: who }) }),
    );
  });
  // A red border must not lie under its neighbour's grey one.
  shapes.sort((a, b) => Number(a.classList.contains("is-changed")) - Number(b.classList.contains("is-changed")));
  const labels = villages
    .filter(({ code }) => changed.has(code))
    .map(({ code, middle: [x, y] }) =>
      s("text", { x, y: y + 4, text: leads[code] ? (names[leads[code]] ?? leads[code]) : t("ownership.nobody") }),
    );
  const box = `0 0 ${size[0].toFixed(0)} ${size[1].toFixed(0)}`;
  return s("svg", { viewBox: box, role: "img", "aria-label": title }, shapes, labels);
}
