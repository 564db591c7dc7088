// What would help the day: why fewer squads may enforce than are asked for, and what lets a left-out stop in.
// Each change was tried by solving the day with it, in a job; after a change by hand that starts by itself.

import { api } from "../api.js";
import { t } from "../texts.js";
import { dayPath } from "./data.js";
import { button, h } from "./dom.js";
import { part, sentences } from "./parts.js";
import { config, set, state, watch } from "./store.js";

const POLL_MS = 700;
/** So long nothing else is changed before the work begins by itself. */
const QUIET_MS = 1500;
const OVER = new Set(["done", "failed", "cancelled"]);
let timer = null;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const draftId = () => state.day?.draft_id ?? null;
/** What is known of the draft as it stands; null for nothing. */
const known = () => (state.relief?.draft === draftId() ? state.relief : null);

/** Whether somebody will want to know: a squad may not enforce, or a change by hand made old answers stale. */
function isWanted() {
  const { draft } = state.day;
  if (draft.squads.some((squad) => squad.patrol_only)) return true;
  const open = draft.unassigned.filter((item) => !item.forbidden);
  return draft.status === "MANUAL" && open.length > 0 && open.every((item) => !item.fixes.length);
}

async function read(draft) {
  const answer = await api("GET", `${dayPath()}/relief`);
  if (draft !== draftId()) return false;
  set({ relief: { ...known(), draft, answer: answer.ready ? answer : null } });
  return answer.ready;
}

async function work(draft) {
  const path = dayPath();
  set({ relief: { draft, answer: null, running: true } });
  try {
    let job = await api("POST", `${path}/relief`);
    while (!OVER.has(job.state)) {
      await pause(POLL_MS);
      if (draft !== draftId()) {
        await api("POST", `/jobs/${encodeURIComponent(job.id)}/cancel`);
        return;
      }
      job = await api("GET", `/jobs/${encodeURIComponent(job.id)}`);
    }
    if (draft !== draftId()) return;
    if (job.state !== "done") throw new Error(job.error_text ?? t("desk.job_cancelled"));
    set({ relief: { draft, answer: null, running: false } });
    await read(draft);
  } catch (problem) {
    if (draft === draftId()) set({ relief: { draft, answer: null, problem: problem.message } });
  }
}

/** Work it out for the draft as it stands, unless that is going on already. */
export function findRelief() {
  if (config.can_edit && draftId() && !known()?.running) work(draftId());
}

async function look() {
  const draft = draftId();
  if (!draft || known()) return;
  set({ relief: { draft, answer: null } });
  try {
    if ((await read(draft)) || !config.can_edit || !isWanted()) return;
  } catch {
    return; // The day itself will say that the server cannot be reached.
  }
  timer = setTimeout(() => {
    if (draft === draftId() && !state.job && !state.saving) findRelief();
  }, QUIET_MS);
}

watch(["day"], () => {
  clearTimeout(timer);
  if (state.day) look();
});

const remedies = (items) =>
  h(
    "ol",
    { class: "sentences remedies" },
    items.map((item) => h("li", { class: "remedy", data: { kinds: item.kinds.join(" ") } }, item.text)),
  );

function found({ asked, formed, reasons, remedies: singles, together, note }) {
  return [
    h("p", { class: "relief-count" }, t("relief.lawful_count", { formed, asked })),
    sentences(reasons),
    singles.length > 0 && [h("h4", { class: "relief-title" }, t("relief.remedies")), remedies(singles)],
    note && h("p", { class: "relief-note" }, note),
    together && [h("h4", { class: "relief-title" }, t("relief.together")), remedies([together])],
  ];
}

function asking() {
  const now = known();
  if (now?.running) return h("p", { class: "nothing", role: "status" }, t("relief.finding"));
  return [
    now?.problem && h("p", { class: "why-left", role: "alert" }, t("relief.failed", { reason: now.problem })),
    config.can_edit && button(t("relief.find"), findRelief, { id: "find-relief", data: { key: "find-relief" } }),
  ];
}

/** How to get more squads that may enforce; nothing where there are as many as the day asks for. */
export function squadRelief() {
  if (!state.day?.draft || state.view !== "draft" || state.preview) return null;
  const squads = known()?.answer?.squads;
  if (squads) return squads.formed < squads.asked && part(t("relief.title"), found(squads));
  return state.day.draft.squads.some((squad) => squad.patrol_only) && part(t("relief.title"), asking());
}

/** What would let a left-out stop into the draft: of the plan itself, else worked out after a change by hand. */
export function stopRelief({ stop, left }) {
  if (left.forbidden || state.preview || state.view !== "draft") return sentences(left.fixes);
  const mine = known()?.answer?.stops.find((item) => item.stop_id === stop.id);
  if (left.fixes.length) return sentences(left.fixes);
  if (!mine) return asking();
  return mine.note ? h("p", { class: "relief-note" }, mine.note) : sentences(mine.fixes);
}
