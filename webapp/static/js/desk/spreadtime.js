// The days of the period: how many incidents were reported on each, a slider over them, and playing them.

import { t } from "../texts.js";
import { h, refill } from "./dom.js";
import { fullDay } from "./format.js";
import { histogram, isoOf, WINDOWS } from "./spreadfilter.js";

const STEP_MS = 350;
let timer = null;
let current = null;

/** Stop going through the days. */
export function stopPlaying() {
  clearInterval(timer);
  timer = null;
}

function step() {
  if (current.day >= current.last) {
    stopPlaying();
    current.onDay(current.last);
    return;
  }
  // A long period is played in as many steps as a short one takes.
  const days = Math.max(1, Math.round((current.last - current.first) / 90));
  current.onDay(Math.min(current.last, current.day + days));
}

function toggle() {
  if (timer) {
    stopPlaying();
    current.onDay(current.day);
    return;
  }
  timer = setInterval(step, STEP_MS);
  current.onDay(current.day >= current.last ? current.first : current.day);
}

const inWindow = (bar, { window, day }) =>
  bar.day <= day && (window === "week" ? bar.upto > day - 7 : true);

const bars = h("div", { class: "spread-bars", "aria-hidden": "true" });
const output = h("output", { class: "spread-day" });
const play = h("button", {
  type: "button",
  class: "btn btn-sm btn-primary spread-play",
  on: { click: toggle },
});
const slider = h("input", {
  type: "range",
  class: "spread-slider",
  "aria-label": t("desk.spread_day"),
  on: {
    input: () => {
      stopPlaying();
      current.onDay(Number(slider.value));
    },
  },
});
const meaning = h(
  "select",
  {
    class: "form-select form-select-sm spread-window",
    "aria-label": t("desk.spread_window"),
    on: { change: () => current.onWindow(meaning.value) },
  },
  WINDOWS.map((name) => h("option", { value: name }, t(`desk.spread_window_${name}`))),
);

/** The row under the filters; it stays while days pass, so that the slider can be dragged. */
export const timeRow = h(
  "div",
  { class: "spread-row spread-time" },
  play,
  meaning,
  h("div", { class: "spread-days" }, bars, slider),
  output,
);

function drawBars(time) {
  const found = histogram(time.points, time.first, time.last);
  const most = Math.max(1, ...found.map((bar) => bar.count));
  const drawn = found.map((bar) =>
    h("span", {
      class: inWindow(bar, time) ? "is-in" : "",
      style: { height: `${(100 * bar.count) / most}%` },
      title: t("desk.spread_bar", { day: fullDay(isoOf(bar.day)), n: bar.count }),
    }),
  );
  refill(bars, drawn);
}

/** Show a day: {points, first, last, day, window, onDay, onWindow}, days as numbers. */
export function showTime(time) {
  current = time;
  const words = fullDay(isoOf(time.day));
  play.textContent = t(timer ? "desk.spread_pause" : "desk.spread_play");
  Object.assign(slider, { min: time.first, max: time.last });
  slider.value = time.day;
  slider.setAttribute("aria-valuetext", words);
  meaning.value = time.window;
  output.textContent = words;
  drawBars(time);
}
