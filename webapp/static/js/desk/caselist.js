// The township's open cases on the day board, least time left first; a click opens one in the detail pane.

import { api } from "../api.js";
import { t } from "../texts.js";
import { lights, usedBar } from "./caseclocks.js";
import { h, refill } from "./dom.js";
import { moment } from "./format.js";
import { state, watch } from "./store.js";

const place = document.getElementById("board-cases");
const count = document.getElementById("tab-cases-count");
/** Remaining times grow old while the page stands open. */
const MINUTES = 2;
let cases = null;
let failure = "";
let turn = 0;

/** What was reported, where the matter has no kind yet. */
const wordsOf = ({ incident_id }) =>
  state.incidents?.features.find(({ properties }) => properties.id === incident_id)?.properties.description;

function row({ case: item, item_name, clock }) {
  const due = clock?.due_at && t("case.clock_due", { at: moment(clock.due_at) });
  const name = item.category || item_name || wordsOf(item) || item.id;
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: `case-line is-${clock?.level ?? "none"}`,
        title: clock?.basis_text,
        data: { select: `incident|${item.incident_id}`, openCase: item.id, key: `case-line-${item.id}` },
      },
      h(
        "span",
        { class: "clock-head" },
        h("strong", {}, name),
        item.urgent && h("span", { class: "tag tag-bad" }, t("case.urgent")),
        item.supervised > 0 && h("span", { class: "tag tag-warn" }, t("case.supervised", { level: item.supervised })),
        clock && lights(clock),
      ),
      h(
        "span",
        { class: "clock-left" },
        clock ? h("b", {}, `${clock.name} `) : t("case.no_clock"),
        clock?.left_text,
      ),
      h("span", { class: "why" }, [item.state_text, due].filter(Boolean).join(" · ")),
      clock && usedBar(clock),
    ),
  );
}

function draw() {
  count.textContent = cases ? String(cases.length) : "";
  if (!cases) return refill(place, h("p", { class: "nothing" }, failure || t("desk.loading")));
  if (!cases.length) return refill(place, h("p", { class: "nothing" }, t("case.none_open")));
  return refill(
    place,
    h("p", { class: "group-title" }, t("case.remaining_hint")),
    h("ul", { class: "plain-list case-lines" }, cases.map(row)),
  );
}

async function load() {
  const mine = ++turn;
  if (!state.township) return;
  try {
    const answer = await api("GET", `/cases/by-remaining?${new URLSearchParams({ township: state.township })}`);
    if (mine !== turn) return;
    cases = answer.cases;
  } catch (problem) {
    if (mine !== turn) return;
    failure = problem.message;
  }
  draw();
}

watch(["township"], () => {
  cases = null;
  draw();
});
// They come again after every step of a case and with every other day.
watch(["incidents"], () => state.incidents && load());
setInterval(() => document.visibilityState === "visible" && load(), MINUTES * 60_000);
