// The four steps of the day with their state, and the one primary button: what to do next.

import { t } from "../texts.js";
import { h, icon, refill } from "./dom.js";
import { publish } from "./edits.js";
import { nextStep, steps } from "./flow.js";
import { run } from "./jobs.js";
import { config, state, watch } from "./store.js";
import { showTab } from "./tabs.js";

const place = document.getElementById("stepper");

const ACTIONS = {
  attendance: () => showTab("attendance"),
  squads: () => run("squads"),
  routes: () => run("routes"),
  publish,
};

/** Whether something is going on that has to be ended before the next step. */
const busy = () => Boolean(state.job || state.saving || state.conflict);

function stepButton(id, primary) {
  const busyNow = busy() || state.view !== "draft";
  const looksPrimary = primary && !state.preview && !busyNow;
  return h(
    "button",
    {
      type: "button",
      id: `do-${id}`,
      class: `btn btn-sm ${looksPrimary ? "btn-primary" : "btn-outline-primary"}`,
      disabled: busyNow,
      data: { key: `do-${id}` },
      on: { click: ACTIONS[id] },
    },
    t(`desk.do_${id}`),
  );
}

function againButton(id) {
  const title = t(`desk.again_${id}`);
  return h(
    "button",
    {
      type: "button",
      class: "icon-button",
      id: `again-${id}`,
      title,
      "aria-label": title,
      disabled: busy() || state.view !== "draft",
      data: { key: `again-${id}` },
      on: { click: ACTIONS[id] },
    },
    icon("again"),
  );
}

function canRepeat(id, next) {
  if (!config.can_edit || id === next) return false;
  if (id === "squads") return Boolean(state.day.draft);
  return id === "routes" && state.day.draft?.stage === "routes";
}

function stepItem(step, index, next) {
  const current = step.id === next;
  return h(
    "li",
    {
      class: `step step-${step.level}${current ? " step-current" : ""}`,
      "aria-current": current ? "step" : null,
      id: `step-${step.id}`,
    },
    h(
      "span",
      { class: "step-number", "aria-hidden": "true" },
      step.level === "good" ? icon("check", 13) : String(index + 1),
    ),
    h(
      "span",
      { class: "step-words" },
      h("span", { class: "step-name" }, t(`desk.name_${step.id}`)),
      h("span", { class: "step-state", title: step.words }, step.words),
    ),
    current && stepButton(step.id, true),
    canRepeat(step.id, next) && againButton(step.id),
  );
}

/** With everything published, handing the plan out is what is left to do. */
function markShare(on) {
  const print = document.getElementById("print");
  print?.classList.toggle("btn-primary", on);
  print?.classList.toggle("btn-outline-secondary", !on);
}

function draw() {
  const list = steps();
  place.hidden = state.township === "";
  if (!list) {
    refill(place);
    return;
  }
  const next = nextStep();
  markShare(next === "share" && !busy() && !state.preview);
  refill(place, ...list.map((step, index) => stepItem(step, index, next)));
}

watch(["day", "findings", "job", "saving", "preview", "conflict", "view", "township"], draw);
