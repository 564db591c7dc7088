// Changing the plan: look at the cost first, then keep or cancel; undo; publish. Conflicts lose nothing.

import { api } from "../api.js";
import { toast } from "../app.js";
import { t } from "../texts.js";
import { dayPath, loadPlanParts, reloadDay, takeDay } from "./data.js";
import { answered } from "./replan.js";
import { editable, findSquad, findStop, personName, set, state } from "./store.js";

let asked = 0;

/** Whether a change is about who is in a squad, not about its stops. */
export const ofSquads = (edit) => ["move_member", "set_leader", "set_vehicle"].includes(edit.action);

/** Whether what is looked at is the rest of the day planned anew. */
export const ofRest = (edit) => edit?.action === "replan";

function request(edit) {
  if (ofRest(edit)) return [`replan/${encodeURIComponent(edit.job)}/accept`, {}];
  return ofSquads(edit) ? ["squads", { change: edit }] : ["edits", { edit }];
}

function describedSquad({ action, officer_id, squad_id, vehicle }) {
  const names = { name: officer_id && personName(officer_id), squad: findSquad(squad_id)?.number, vehicle };
  if (action === "move_member" && !squad_id) return t("desk.change_to_reserve", names);
  if (action === "set_vehicle" && !vehicle) return t("desk.change_no_vehicle", names);
  return t(`desk.change_${action}`, names);
}

function described(edit) {
  if (ofSquads(edit)) return describedSquad(edit);
  const name = edit.added?.name ?? findStop(edit.stop_id, state.day.draft)?.stop.name ?? "";
  const squad = edit.squad_id ? findSquad(edit.squad_id) : null;
  if (squad) return t(`desk.change_${edit.action}_to`, { stop: name, squad: squad.number });
  return t(`desk.change_${edit.action}`, { stop: name });
}

/** Show what a change would cost; it is kept or dropped afterwards. */
export async function propose(edit) {
  if (!editable()) return;
  const mine = ++asked;
  const words = described(edit);
  set({ preview: { edit, words, result: null }, adding: false });
  try {
    const [path, body] = request(edit);
    const result = await api("POST", `${dayPath()}/${path}/preview`, body);
    if (mine === asked) set({ preview: { edit, words, result } });
  } catch (problem) {
    if (mine === asked) set({ preview: { edit, words, result: null, problem: explain(problem) } });
  }
}

function explain(problem) {
  return [problem.message, ...problem.problems.map((row) => row.reason)].join(" ");
}

/** Drop the change that is looked at. */
export function cancelPreview() {
  asked += 1;
  set({ preview: null });
}

/** Keep the change that is looked at. */
export async function keepPreview() {
  const { preview } = state;
  if (!preview?.result || state.saving) return;
  await save(preview.edit);
}

/** Make a change that costs nothing and needs no look first, such as a pin. */
export async function apply(edit) {
  if (editable()) await save(edit);
}

async function save(edit) {
  const [path, body] = request(edit);
  await changing(() => api("POST", `${dayPath()}/${path}`, { version: state.day.version, ...body }), edit);
}

/** Go back to the plan before the last change. */
export async function undo() {
  if (!editable() || !state.day?.can_undo) return;
  if (await changing(() => api("POST", `${dayPath()}/undo`, { version: state.day.version })))
    toast(t("desk.undone"));
}

/** Show the draft to the officers. */
export async function publish() {
  if (!editable()) return;
  if (await changing(() => api("POST", `${dayPath()}/publish`, { version: state.day.version }))) {
    toast(t("desk.published_notice"));
  }
}

async function changing(call, edit = null) {
  set({ saving: true });
  try {
    const day = await call();
    set({ saving: false });
    // In the same turn as the new day: what the user opens while its parts load is not closed again.
    if (ofRest(edit)) answered();
    await takeDay(day);
    return true;
  } catch (problem) {
    set({ saving: false });
    // What was worked out for the whole day is not looked at again by itself: the form is still filled in.
    const again = ofRest(edit) ? null : edit;
    if (problem.status === 409) set({ conflict: { message: problem.message, edit: again }, preview: null });
    else if (edit)
      set({ preview: { ...(state.preview ?? { edit, words: described(edit) }), problem: explain(problem) } });
    else {
      toast(explain(problem), "danger");
      if (problem.status === 422) await loadPlanParts();
    }
    return false;
  }
}

/** After a conflict: load what the other one made and look at one's own change again. */
export async function resumeAfterConflict() {
  const { edit } = state.conflict;
  try {
    await reloadDay();
  } catch (problem) {
    toast(problem.message, "danger");
    return;
  }
  if (edit) await propose(edit);
}
