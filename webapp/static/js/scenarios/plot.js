// Every way of planning as a point: how many villages change their lead, and how uneven the loads are.

import { t } from "../texts.js";
import { s } from "./svg.js";

const WIDTH = 470;
const HEIGHT = 270;
const EDGE = { left: 46, right: 16, top: 16, bottom: 38 };
const MOST_TICKS = 8;
/** Names nearer to one another than this are put below the point in turn, px. */
const CROWDED = 46;

/** Round steps that give at most `MOST_TICKS` ticks up to a value. */
function ticks(most) {
  const rough = most / MOST_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step);
}

function scales(figures) {
  const right = Math.max(4, ...figures.map((f) => f.changes)) * 1.06;
  const spreads = figures.map((f) => f.spread_percent);
  const top = Math.max(5, ...spreads) * 1.1;
  const low = Math.min(...spreads) > top / 3 ? Math.floor((Math.min(...spreads) * 0.9) / 5) * 5 : 0;
  return {
    right,
    top,
    low,
    x: (changes) => EDGE.left + (changes / right) * (WIDTH - EDGE.left - EDGE.right),
    y: (spread) =>
      HEIGHT - EDGE.bottom - ((spread - low) / (top - low)) * (HEIGHT - EDGE.top - EDGE.bottom),
  };
}

function axes({ right, top, low, x, y }) {
  const across = ticks(right).map((value) => [
    s("line", { class: "grid", x1: x(value), x2: x(value), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }),
    s("text", { x: x(value), y: HEIGHT - EDGE.bottom + 15, "text-anchor": "middle", text: value }),
  ]);
  const up = ticks(top - low)
    .map((value) => value + low)
    .map((value) => [
      s("line", { class: "grid", x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(value), y2: y(value) }),
      s("text", { x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end", text: `${value}%` }),
    ]);
  const bottom = HEIGHT - EDGE.bottom;
  return [
    across,
    up,
    s("path", { class: "axis", fill: "none", d: `M${EDGE.left} ${EDGE.top}V${bottom}H${WIDTH - EDGE.right}` }),
    s("text", { x: WIDTH - EDGE.right, y: HEIGHT - 6, "text-anchor": "end", text: t("ownership.axis_changes") }),
    s("text", { x: 4, y: 11, text: t("ownership.axis_spread") }),
  ];
}

/** The line through the best points: with so many changes, loads cannot be more even. */
function front(points, { x, y }) {
  const best = points.filter((point) => point.best).map(({ figures }) => figures);
  if (best.length < 2) return null;
  const steps = best.slice(1).map((f) => `H${x(f.changes)}V${y(f.spread_percent)}`);
  const [first] = best;
  return s("path", { class: "front", d: `M${x(first.changes)} ${y(first.spread_percent)}${steps.join("")}` });
}

/** What a point says to a screen reader and under the pointer. */
function words({ title, figures }) {
  return t("ownership.point_words", {
    title,
    changes: figures.changes,
    spread: figures.spread_percent,
  });
}

function circle(point, place, { chosen, label, choose }) {
  const pick = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose(point.id);
  };
  const classes = ["plot-point", point.best && "is-best", chosen && "is-chosen"].filter(Boolean).join(" ");
  const anchor = place.x > WIDTH - 90 ? "end" : "start";
  const beside = anchor === "end" ? -9 : 9;
  return s(
    "g",
    {
      class: classes,
      role: "button",
      tabindex: 0,
      "aria-pressed": chosen,
      "aria-label": words(point),
      "data-point": point.id,
      transform: `translate(${place.x} ${place.y})`,
      on: { click: pick, keydown: pick },
    },
    s("title", { text: words(point) }),
    s("circle", { r: chosen ? 8 : 6 }),
    label && s("text", { x: beside, y: place.below ? 17 : -7, "text-anchor": anchor, text: label }),
  );
}

/** Points with names, each name above or below its point so that neighbours do not cover one another. */
function labelled(points, scale) {
  let last = null;
  return points.map((point) => {
    const named = point.names.some((name) => name !== "front");
    const place = { x: scale.x(point.figures.changes), y: scale.y(point.figures.spread_percent), below: false };
    if (named && last && Math.abs(place.x - last.x) < CROWDED * 2 && Math.abs(place.y - last.y) < CROWDED)
      place.below = !last.below;
    if (named) last = place;
    return { point, place, label: named ? point.title : null };
  });
}

function current(now, { x, y }) {
  if (!now) return null;
  const title = t("ownership.now_words", { spread: now.spread_percent });
  return s(
    "g",
    { class: "plot-point plot-now", transform: `translate(${x(0)} ${y(now.spread_percent)})` },
    s("title", { text: title }),
    s("path", { d: "M0-5 5 0 0 5-5 0Z" }),
  );
}

/** The picture. `choose` is called with the id of a point that is picked. */
export function plot({ points, now, chosen, choose }) {
  const scale = scales([...points.map(({ figures }) => figures), ...(now ? [now] : [])]);
  const marks = labelled(points, scale).map(({ point, place, label }) =>
    circle(point, place, { chosen: point.id === chosen, label, choose }),
  );
  // What is chosen is drawn last, so that nothing covers it.
  marks.sort((a, b) => Number(a.classList.contains("is-chosen")) - Number(b.classList.contains("is-chosen")));
  return s(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": t("ownership.plot_words") },
    axes(scale),
    front(points, scale),
    marks,
    current(now, scale),
  );
}
