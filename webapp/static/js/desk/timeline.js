// The day as bars, one row a squad: driving, waiting, visits, lunch, and what is left of the shift.

import { t } from "../texts.js";
import { h, refill } from "./dom.js";
import { clock, clockOf, duration, minuteOfDay } from "./format.js";
import { config, shownPlan, squadStyle, state, watch } from "./store.js";

const place = document.getElementById("timeline");

function span(plan) {
  const starts = plan.squads.map((squad) => minuteOfDay(squad.shift_start));
  const ends = plan.squads.map((squad) => Math.max(minuteOfDay(squad.shift_end), backAt(squad)));
  return { first: Math.floor(Math.min(...starts) / 30) * 30, last: Math.ceil(Math.max(...ends) / 30) * 30 };
}

/** Minute of the day at which the squad is back. */
const backAt = (squad) => minuteOfDay(squad.back_at ?? squad.shift_start);

function segment(range, from, to, props, ...children) {
  const whole = range.last - range.first;
  const style = {
    left: `${((from - range.first) / whole) * 100}%`,
    width: `${(Math.max(0, to - from) / whole) * 100}%`,
  };
  return h("div", { ...props, style }, ...children);
}

function drives(range, squad) {
  const parts = squad.visits
    .filter((visit) => visit.travel_seconds > 0)
    .map((visit) =>
      segment(range, minuteOfDay(visit.arrive) - visit.travel_seconds / 60, minuteOfDay(visit.arrive), {
        class: "bar bar-drive",
        title: t("desk.bar_drive", { time: duration(visit.travel_seconds) }),
      }),
    );
  const back = backAt(squad);
  if (squad.return_seconds)
    parts.push(
      segment(range, back - squad.return_seconds / 60, back, {
        class: "bar bar-drive",
        title: t("desk.bar_return", { time: duration(squad.return_seconds) }),
      }),
    );
  return parts;
}

function visitBar(range, visit, index) {
  const from = minuteOfDay(visit.start);
  const to = Math.max(from + 1, minuteOfDay(visit.leave));
  const { stop } = visit;
  const words = `${index + 1}. ${stop.name} ${clock(visit.start)}–${clock(visit.leave)}`;
  return segment(
    range,
    from,
    to,
    {
      class: `bar bar-visit${stop.required ? " is-required" : ""}${visit.done ? " is-done" : ""}${state.preview?.edit.stop_id === stop.id ? " is-proposed" : ""}`,
      role: "button",
      tabindex: "-1",
      title: words,
      "aria-label": words,
      draggable: config.can_edit && !visit.done ? "true" : null,
      data: { stop: stop.id, dragStop: stop.id, select: `stop|${stop.id}` },
    },
    String(index + 1),
  );
}

function waits(range, squad) {
  return squad.visits
    .filter((visit) => minuteOfDay(visit.start) - minuteOfDay(visit.arrive) >= 1)
    .map((visit) =>
      segment(range, minuteOfDay(visit.arrive), minuteOfDay(visit.start), {
        class: "bar bar-wait",
        title: t("desk.bar_wait", { stop: visit.stop.name }),
      }),
    );
}

function row(range, squad) {
  const end = minuteOfDay(squad.shift_end);
  const back = backAt(squad);
  const slack = Math.max(0, end - back);
  return h(
    "div",
    { class: "time-row", style: { "--squad": squadStyle(squad.number).colour }, data: { squad: squad.id } },
    h(
      "button",
      { type: "button", class: "time-label", data: { select: `squad|${squad.id}`, key: `row-${squad.id}` } },
      h("span", { class: "squad-badge" }, String(squad.number)),
      h(
        "span",
        { class: "time-slack" },
        squad.visits.length ? t("desk.back_at", { time: clockOf(back) }) : "",
      ),
    ),
    h(
      "div",
      { class: "time-track", data: { dropSquad: squad.id } },
      hours(range).map((minute) => segment(range, minute, minute, { class: "time-line" })),
      squad.visits.length && slack > 0
        ? segment(range, back, end, {
            class: "bar bar-slack",
            title: t("desk.bar_slack", { time: duration(slack * 60) }),
          })
        : null,
      drives(range, squad),
      waits(range, squad),
      squad.lunch_start &&
        segment(
          range,
          minuteOfDay(squad.lunch_start),
          minuteOfDay(squad.lunch_end),
          {
            class: "bar bar-lunch",
            title: t("desk.bar_lunch", { from: clock(squad.lunch_start), to: clock(squad.lunch_end) }),
          },
          t("desk.lunch"),
        ),
      squad.visits.map((visit, index) => visitBar(range, visit, index)),
      now(range),
    ),
  );
}

function hours(range) {
  const all = [];
  for (let minute = Math.ceil(range.first / 60) * 60; minute <= range.last; minute += 60) all.push(minute);
  return all;
}

function now(range) {
  if (state.date !== config.today) return null;
  const minute = (config.now_minute + (Date.now() - config.loaded_at) / 60000) % 1440;
  return minute > range.first && minute < range.last
    ? segment(range, minute, minute, { class: "time-now", title: t("desk.now") })
    : null;
}

function axis(range) {
  return h(
    "div",
    { class: "time-row time-axis", "aria-hidden": "true" },
    h("span", { class: "time-label" }),
    h(
      "div",
      { class: "time-track" },
      hours(range).map((minute) =>
        segment(range, minute, minute, { class: "time-hour" }, h("span", {}, clockOf(minute))),
      ),
    ),
  );
}

function draw() {
  const plan = state.styles && shownPlan();
  const section = place.closest("section");
  section.hidden = !state.township;
  section.classList.toggle("is-empty", !plan?.squads.length);
  if (!plan?.squads.length) {
    refill(place, h("p", { class: "nothing" }, state.day ? t("desk.timeline_empty") : ""));
    return;
  }
  const range = span(plan);
  refill(
    place,
    axis(range),
    plan.squads.map((squad) => row(range, squad)),
  );
}

watch(["day", "preview", "view", "styles", "township"], draw);
