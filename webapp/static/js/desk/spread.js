// The picture of incidents over a period: filters, places or density, and the days under a slider.
// It takes the place of the squads' timeline while it is open.

import { t } from "../texts.js";
import { incidentPoints } from "./data.js";
import { button, h, icon, mark, refill } from "./dom.js";
import { shiftDay } from "./format.js";
import { styleOf } from "./clusters.js";
import { dayNumber, pass, prepare, tally, AGES } from "./spreadfilter.js";
import { showTime, stopPlaying, timeRow } from "./spreadtime.js";
import { config, set, state, watch } from "./store.js";

const place = document.getElementById("spread");
const opener = document.getElementById("open-spread");
const PERIODS = { month: 30, quarter: 90, year: 365 };
const MODES = ["places", "heat"];
const STATE_CLASS = "btn btn-sm btn-outline-secondary spread-state";

/** What is chosen; it outlives closing. */
const chosen = {
  from: null,
  to: null,
  mode: "places",
  window: "until",
  filters: { hidden: new Set(), category: "", age: "", urgent: false },
};
let points = null;
let leftOut = 0;
let problem = null;
let asked = new AbortController();
let shownFor = "";

const isOpen = () => state.spread !== null;
const firstDay = () => dayNumber(chosen.from);
const lastDay = () => dayNumber(chosen.to);

/** Local time of now, to the minute, as the server counts it. */
function now() {
  const minute = config.now_minute + (Date.now() - config.loaded_at) / 60000;
  const days = Math.floor(minute / 1440);
  const rest = Math.floor(minute - days * 1440);
  const clock = [Math.floor(rest / 60), rest % 60].map((part) => String(part).padStart(2, "0"));
  return `${shiftDay(config.today, days)}T${clock.join(":")}`;
}

/** Publish what the filters leave; the map and the legend draw it. */
function show(day = state.spread?.day ?? lastDay()) {
  const shown = pass(points ?? [], chosen.filters, chosen.window, day);
  set({ spread: { day, mode: chosen.mode, shown } });
}

async function load() {
  asked.abort();
  asked = new AbortController();
  const mine = asked;
  points = null;
  problem = null;
  shownFor = `${state.township}|${chosen.from}|${chosen.to}`;
  show(lastDay());
  try {
    const answer = await incidentPoints(chosen, mine.signal);
    points = prepare(answer, now());
    leftOut = answer.left_out;
  } catch (failure) {
    if (failure.name === "AbortError") return;
    problem = failure.message;
  }
  if (mine === asked && isOpen()) show(lastDay());
}

function setPeriod(from, to) {
  if (!from || !to || from > to) return;
  stopPlaying();
  Object.assign(chosen, { from, to });
  load();
}

function open() {
  if (!chosen.to) Object.assign(chosen, { to: state.date, from: shiftDay(state.date, 1 - PERIODS.quarter) });
  load();
}

function close() {
  stopPlaying();
  asked.abort();
  set({ spread: null });
  opener.focus();
}

function filter(change) {
  Object.assign(chosen.filters, change);
  show();
}

function toggleState(name) {
  const hidden = new Set(chosen.filters.hidden);
  if (!hidden.delete(name)) hidden.add(name);
  filter({ hidden });
}

function choice(key, words, options, value, onChange) {
  return h(
    "label",
    { class: "spread-choice" },
    h("span", {}, words),
    h(
      "select",
      {
        class: "form-select form-select-sm",
        data: { key: `spread-${key}` },
        on: { change: (event) => onChange(event.target.value) },
      },
      options.map(([name, label]) => h("option", { value: name, selected: name === value }, label)),
    ),
  );
}

function dateInput(key, words) {
  return h("input", {
    type: "date",
    class: "form-control form-control-sm",
    value: chosen[key],
    required: true,
    "aria-label": words,
    data: { key: `spread-${key}` },
    on: {
      change: (event) =>
        setPeriod(...(key === "from" ? [event.target.value, chosen.to] : [chosen.from, event.target.value])),
    },
  });
}

function periodRow() {
  const days = lastDay() - firstDay() + 1;
  return [
    h("h2", {}, t("desk.spread")),
    h(
      "div",
      { class: "spread-period" },
      dateInput("from", t("desk.spread_from")),
      "–",
      dateInput("to", t("desk.spread_to")),
      Object.entries(PERIODS).map(([name, length]) =>
        button(t(`desk.spread_period_${name}`), () => setPeriod(shiftDay(chosen.to, 1 - length), chosen.to), {
          "aria-pressed": String(days === length),
          data: { key: `spread-${name}` },
        }),
      ),
    ),
    h(
      "div",
      { class: "btn-group", role: "group", "aria-label": t("desk.spread_mode") },
      MODES.map((mode) =>
        button(
          t(`desk.spread_mode_${mode}`),
          () => {
            chosen.mode = mode;
            show();
          },
          { "aria-pressed": String(chosen.mode === mode), data: { key: `spread-${mode}` } },
        ),
      ),
    ),
    count,
    h(
      "button",
      {
        type: "button",
        class: "icon-button spread-close",
        title: t("desk.spread_close"),
        "aria-label": t("desk.spread_close"),
        data: { key: "spread-close" },
        on: { click: close },
      },
      icon("close"),
    ),
  ];
}

function countWords() {
  if (problem) return problem;
  if (!points) return t("desk.loading");
  const words = t("desk.spread_count", { n: state.spread.shown.length, all: points.length });
  return leftOut ? `${words} · ${t("desk.spread_left_out", { n: leftOut })}` : words;
}

const stateWords = (name, count) => [mark(styleOf(name), 14), ` ${t(`day.incident.${name}`)} ${count}`];

function filterRow() {
  const order = Object.keys(state.styles.incidents);
  const states = tally(points ?? [], "state").sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
  const kinds = tally(points ?? [], "category")
    .filter(([name]) => name)
    .map(([name, number]) => [name, `${name} ${number}`]);
  const { hidden, category, age, urgent } = chosen.filters;
  const any = ["", t("desk.spread_any")];
  const ages = Object.keys(AGES).map((name) => [name, t(`desk.spread_age_${name}`)]);
  return [
    h(
      "div",
      { class: "spread-states", role: "group", "aria-label": t("desk.spread_states") },
      states.map(([name, count]) =>
        button(stateWords(name, count), () => toggleState(name), {
          class: STATE_CLASS,
          "aria-pressed": String(!hidden.has(name)),
          data: { key: `spread-state-${name}` },
        }),
      ),
    ),
    choice("category", t("desk.spread_kind"), [any, ...kinds], category, (value) =>
      filter({ category: value }),
    ),
    choice("age", t("desk.spread_age"), [any, ...ages], age, (value) => filter({ age: value })),
    h(
      "label",
      { class: "layer" },
      h("input", {
        type: "checkbox",
        class: "form-check-input",
        checked: urgent,
        data: { key: "spread-urgent" },
        on: { change: (event) => filter({ urgent: event.target.checked }) },
      }),
      h("span", {}, t("desk.spread_urgent")),
    ),
  ];
}

const head = h("div", { class: "spread-row" });
const filters = h("div", { class: "spread-row" });
const count = h("p", { class: "spread-count", role: "status" });
place.append(head, filters, timeRow);
let drawn = "";

/** Rows are made anew only when they differ: a list somebody has opened must not close with every day played. */
function drawRows() {
  const key = JSON.stringify([
    chosen,
    [...chosen.filters.hidden],
    points?.length,
    shownFor,
    Boolean(state.styles),
  ]);
  if (key === drawn) return;
  drawn = key;
  refill(head, periodRow());
  refill(filters, filterRow());
}

function draw() {
  place.hidden = !isOpen();
  opener.setAttribute("aria-expanded", String(isOpen()));
  if (!isOpen() || !state.styles) return;
  drawRows();
  count.textContent = countWords();
  showTime({
    points: points ?? [],
    first: firstDay(),
    last: lastDay(),
    day: state.spread.day,
    window: chosen.window,
    onDay: show,
    onWindow: (window) => {
      chosen.window = window;
      show();
    },
  });
}

opener.addEventListener("click", () => (isOpen() ? close() : open()));
watch(["spread", "styles"], draw);
// Another township or day is another question; a change of an incident asks the same one again.
watch(["township", "date"], () => {
  if (state.date < chosen.from || state.date > chosen.to) chosen.to = null;
  if (isOpen()) open();
});
watch(["incidents"], () => {
  if (isOpen() && state.incidents && points && shownFor.startsWith(`${state.township}|`)) load();
});
