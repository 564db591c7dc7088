// What stands in the way, across the top of the map: a conflict, a failure, villages or roads not imported yet.

import { t } from "../texts.js";
import { closing, finishLine } from "./closures.js";
import { loadAll, loadPlanParts } from "./data.js";
import { button, h, refill } from "./dom.js";
import { resumeAfterConflict } from "./edits.js";
import { config, set, state, watch } from "./store.js";

const place = document.getElementById("notices");
const dismissed = new Set();

function notice(kind, words, ...actions) {
  return h(
    "div",
    { class: `notice notice-${kind}`, role: kind === "bad" ? "alert" : "status" },
    h("p", {}, words),
    actions,
  );
}

function conflict() {
  const words = state.conflict.edit ? t("desk.conflict_edit") : state.conflict.message;
  const go = state.conflict.edit ? t("desk.reload_and_look") : t("desk.reload");
  return notice(
    "bad",
    words,
    button(go, resumeAfterConflict, { class: "btn btn-sm btn-warning", id: "reload" }),
  );
}

function hint(name, words) {
  if (dismissed.has(name)) return null;
  const forget = () => {
    dismissed.add(name);
    draw();
  };
  return notice("info", words, button(t("desk.understood"), forget));
}

function closingNotice() {
  const drawing = closing() === "closure-line";
  return notice(
    "info",
    t(drawing ? "replan.closed_draw_hint" : "replan.closed_pick_hint"),
    drawing &&
      button(t("replan.closed_finish"), finishLine, { class: "btn btn-sm btn-primary", id: "finish-closure" }),
    button(t("web.cancel"), () => set({ adding: false })),
  );
}

function showDraft() {
  set({ view: "draft" });
  loadPlanParts();
}

function draw() {
  const { day } = state;
  refill(
    place,
    state.conflict && conflict(),
    state.failure && notice("bad", state.failure.message, button(t("desk.try_again"), loadAll)),
    state.view === "published" &&
      notice(
        "info",
        t("desk.looking_at_published"),
        button(t("desk.back_to_draft"), showDraft, { id: "back-to-draft" }),
      ),
    closing() && closingNotice(),
    state.adding === true &&
      notice(
        "info",
        t("desk.click_to_add"),
        button(t("web.cancel"), () => set({ adding: false })),
      ),
    day && config.villages > 0 && !day.roads.imported && hint("roads", day.roads.text),
  );
}

watch(["conflict", "failure", "day", "view", "adding"], draw);
