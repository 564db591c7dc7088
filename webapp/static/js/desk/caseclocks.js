// The clocks of a case: what has to be done until when, how much is left, what the limit rests on.

import { t } from "../texts.js";
import { h } from "./dom.js";
import { moment } from "./format.js";
import { facts, part } from "./parts.js";

const TAGS = {
  green: "tag-good",
  yellow: "tag-warn",
  red: "tag-bad",
  overdue: "tag-over",
  paused: "tag-plain",
  met: "tag-good",
  late: "tag-bad",
  void: "tag-plain",
};
const RUNNING = new Set(["green", "yellow", "red", "overdue", "paused"]);

/** How a clock stands, in words and colour; with what was granted on top. */
export function lights(clock) {
  const granted = clock.extensions.some(({ state }) => state === "approved");
  return [
    h("span", { class: `tag ${TAGS[clock.level]}`, data: { level: clock.level } }, clock.level_text),
    granted && h("span", { class: "tag tag-plain" }, t("case.clock_extended")),
  ];
}

/** How much of the time is used up, as a bar. */
export const usedBar = ({ used, level }) =>
  h("span", { class: `clock-bar is-${level}`, "aria-hidden": "true" }, h("span", { style: { "--used": String(used) } }));

const pauseWords = ({ since, until, kind_text }) =>
  t(until ? "case.clock_pause" : "case.clock_pause_on", {
    since: moment(since),
    until: moment(until),
    kind: kind_text,
  });

const lines = (items, words) => items.length > 0 && items.map((item) => h("div", {}, words(item)));

function clockRow(clock) {
  const due = clock.due_at ? t("case.clock_due", { at: moment(clock.due_at) }) : null;
  const summary = h(
    "summary",
    { title: clock.basis_text, data: { key: `clock-${clock.id}` } },
    h("span", { class: "clock-head" }, h("strong", {}, clock.name), lights(clock)),
    h("span", { class: "clock-left" }, clock.left_text),
    due && h("span", { class: "why" }, due),
    usedBar(clock),
  );
  const more = facts(
    [t("case.clock_rule"), clock.basis_text],
    [t("case.clock_answers"), clock.answers_text],
    [t("case.clock_started"), moment(clock.started_at)],
    [t("case.clock_pauses"), lines(clock.pauses, pauseWords) || null],
    [
      t("case.clock_extensions"),
      lines(clock.extensions, (item) =>
        t("case.clock_extension", { length: item.length_text, state: item.state_text, reason: item.reason }),
      ) || null,
    ],
    [
      t("case.clock_told"),
      lines(clock.escalations, (item) =>
        t("case.clock_told_to", { at: moment(item.told_at), level: item.level_text }),
      ) || null,
    ],
  );
  const unsure = clock.provisional && h("p", { class: "why" }, t("case.clock_provisional"));
  return h("details", { class: `clock is-${clock.level}`, data: { clock: clock.phase } }, summary, more, unsure);
}

/** The part of the pane about a case's clocks; those that are over are folded away. */
export function clockPart(clocks) {
  const running = clocks.filter(({ level }) => RUNNING.has(level));
  const over = clocks.filter(({ level }) => !RUNNING.has(level));
  return part(
    t("case.clocks"),
    running.map(clockRow),
    over.length > 0 &&
      h(
        "details",
        { class: "clocks-over" },
        h("summary", {}, t("case.clocks_over", { n: over.length })),
        over.map(clockRow),
      ),
  );
}
