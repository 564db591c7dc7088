// The draft beside what is published: every stop that is not the same, and what it costs.

import { t } from "../texts.js";
import { loadPlanParts } from "./data.js";
import { button, h } from "./dom.js";
import { duration, km, signed } from "./format.js";
import { facts, heading, jump, part } from "./parts.js";
import { set, state, watch } from "./store.js";

const opener = document.getElementById("open-compare");

opener?.addEventListener("click", () => {
  set({ selection: state.selection?.kind === "compare" ? null : { kind: "compare", id: "" } });
});

watch(["day", "difference", "selection", "township"], () => {
  if (!opener) return;
  opener.disabled = !state.difference;
  opener.setAttribute("aria-expanded", String(state.selection?.kind === "compare"));
  const count = state.difference?.changes.length ?? 0;
  document.getElementById("compare-count").textContent = count ? String(count) : "";
});

function look(view) {
  set({ view, preview: null });
  loadPlanParts();
}

const withSign = (value, words) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${words}`;

/** The view of draft against published. */
export function compareView() {
  const { difference } = state;
  if (!difference)
    return [heading(t("desk.compare"), ""), h("p", { class: "nothing" }, t("desk.nothing_to_compare"))];
  const rows = difference.changes.map((change) =>
    h(
      "li",
      { class: `change change-${change.kind}` },
      jump("stop", change.stop_id, change.name),
      h("span", { class: "why" }, change.text),
    ),
  );
  return [
    heading(t("desk.compare"), t("desk.compare_sub", { time: state.day.published_at?.slice(11, 16) ?? "" })),
    facts(
      [t("desk.stops"), signed(difference.visits)],
      [t("desk.prize"), signed(difference.prize)],
      [t("desk.driving"), withSign(difference.travel_seconds, duration(Math.abs(difference.travel_seconds)))],
      [t("desk.distance"), withSign(difference.travel_metres, km(Math.abs(difference.travel_metres)))],
      [t("desk.squads_changed"), difference.squads_changed.join("、")],
    ),
    h(
      "div",
      { class: "detail-actions" },
      button(t(state.view === "published" ? "desk.back_to_draft" : "desk.look_at_published"), () =>
        look(state.view === "published" ? "draft" : "published"),
      ),
    ),
    part(
      t("desk.changes"),
      rows.length
        ? h("ul", { class: "plain-list changes" }, rows)
        : h("p", { class: "nothing" }, t("desk.no_changes")),
    ),
  ];
}
