// Where the day stands: the state of each step, and the one thing to do next.

import { t } from "../texts.js";
import { config, state } from "./store.js";

/** Members of the draft's squads who are not on duty any more. */
export function absentMembers() {
  const people = state.day?.people ?? {};
  const members = (state.day?.draft?.squads ?? []).flatMap((squad) => squad.members);
  return members.filter((id) => people[id] && people[id].status !== "on_duty");
}

/** How many of the township's officers are on duty. */
export function onDuty() {
  const people = Object.values(state.day?.people ?? {});
  return { present: people.filter((person) => person.status === "on_duty").length, all: people.length };
}

/** Breaches that keep the draft from being published. */
export const hardFindings = () => (state.findings ?? []).filter((finding) => finding.hard);

function attendanceStep() {
  const { present, all } = onDuty();
  if (all === 0) return { level: "bad", words: t("desk.step_nobody") };
  if (!state.day.attendance_on_record) return { level: "warn", words: t("desk.step_everybody", { n: all }) };
  return { level: present ? "good" : "bad", words: t("desk.step_on_duty", { present, all }) };
}

function squadsStep() {
  const plan = state.day.draft;
  if (!plan) return { level: "none", words: t("desk.step_not_yet") };
  const absent = absentMembers().length;
  if (absent) return { level: "warn", words: t("desk.step_absent", { n: absent }) };
  const patrolOnly = plan.squads.filter((squad) => squad.patrol_only).length;
  const words = t("desk.step_squads", { n: plan.squads.length });
  if (plan.squads.length === 0) return { level: "bad", words };
  if (patrolOnly)
    return { level: "warn", words: `${words} · ${t("desk.step_patrol_only", { n: patrolOnly })}` };
  return { level: "good", words };
}

function routesStep() {
  const plan = state.day.draft;
  if (plan?.stage !== "routes") return { level: "none", words: t("desk.step_not_yet") };
  const stops = plan.squads.reduce((sum, squad) => sum + squad.visits.length, 0);
  const hard = hardFindings().length;
  if (hard) return { level: "bad", words: t("desk.step_breaches", { n: hard }) };
  return { level: "good", words: t("desk.step_stops", { n: stops, left: plan.unassigned.length }) };
}

function publishStep() {
  const { day } = state;
  if (!day.published_id) return { level: "none", words: t("desk.step_not_published") };
  if (day.published_id !== day.draft_id) return { level: "warn", words: t("desk.step_changed") };
  return { level: "good", words: t("desk.step_published", { time: day.published_at?.slice(11, 16) ?? "" }) };
}

/** The four steps with their state; null while the day is unknown. */
export function steps() {
  if (!state.day) return null;
  return [
    { id: "attendance", ...attendanceStep() },
    { id: "squads", ...squadsStep() },
    { id: "routes", ...routesStep() },
    { id: "publish", ...publishStep() },
  ];
}

/** The step whose button is the primary one: "attendance", "squads", "routes", "publish", "share" or null. */
export function nextStep() {
  const { day } = state;
  if (!day || !config.can_edit || config.villages === 0) return null;
  if (Object.keys(day.people).length === 0) return null;
  if (onDuty().present === 0) return "attendance";
  if (!day.draft || absentMembers().length || day.draft.squads.length === 0) return "squads";
  if (day.draft.stage !== "routes" || hardFindings().length) return "routes";
  // Only a draft that is known to break nothing is offered for publishing.
  if (day.published_id !== day.draft_id) return state.findings ? "publish" : null;
  return "share";
}
