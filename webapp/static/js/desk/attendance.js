// Who is on duty: one line an officer, by agency, with a search. A tick says "on duty"; without it, why not.

import { api } from "../api.js";
import { toast } from "../app.js";
import { t } from "../texts.js";
import { reloadDay } from "./data.js";
import { button, h, refill } from "./dom.js";
import { onDuty } from "./flow.js";
import { config, set, state, watch } from "./store.js";

const list = document.getElementById("attendance-list");
const head = document.getElementById("attendance-head");
const search = document.getElementById("attendance-search");
const ABSENT = ["leave", "sick", "training", "seconded"];

function byAgency() {
  const wanted = search.value.trim().toLowerCase();
  const groups = new Map();
  for (const [id, person] of Object.entries(state.day.people)) {
    const agency = person.agency_name ?? person.agency;
    if (wanted && !`${person.name} ${agency} ${id}`.toLowerCase().includes(wanted)) continue;
    if (!groups.has(agency)) groups.set(agency, []);
    groups.get(agency).push({ id, ...person });
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b, "zh"));
}

/**
 * Send statuses by officer id. Where nobody is on record as on duty yet, everybody else is put down as shown:
 * on duty, but for leave and training registered ahead.
 */
async function send(statuses) {
  const rows = state.day.attendance_on_record
    ? statuses
    : { ...Object.fromEntries(Object.entries(state.day.people).map(([id, person]) => [id, person.status])), ...statuses };
  const attendance = Object.entries(rows).map(([officer_id, status]) => ({
    day: state.date,
    officer_id,
    status,
  }));
  set({ saving: true });
  try {
    await api("PUT", "/attendance", { township: state.township, attendance });
    await reloadDay();
  } catch (problem) {
    toast([problem.message, ...problem.problems.map((row) => row.reason)].join(" "), "danger");
    draw();
  } finally {
    set({ saving: false });
  }
}

function statusSelect(person) {
  return h(
    "select",
    {
      class: "form-select form-select-sm attendance-why",
      "aria-label": t("desk.why_absent", { name: person.name }),
      disabled: !config.can_edit,
      data: { key: `why-${person.id}` },
      on: { change: (event) => send({ [person.id]: event.target.value }) },
    },
    [...(person.status === "not_listed" ? ["not_listed"] : []), ...ABSENT].map((status) =>
      h("option", { value: status, selected: status === person.status }, t(`day.status.${status}`)),
    ),
  );
}

function personRow(person) {
  const here = person.status === "on_duty";
  return h(
    "li",
    { class: `attendance-row${here ? "" : " is-absent"}` },
    h(
      "label",
      { class: "attendance-person" },
      h("input", {
        type: "checkbox",
        class: "form-check-input",
        checked: here,
        disabled: !config.can_edit || state.saving,
        data: { key: `on-${person.id}`, officer: person.id },
        on: { change: (event) => send({ [person.id]: event.target.checked ? "on_duty" : "leave" }) },
      }),
      h("span", { class: "attendance-name" }, person.name),
      here &&
        h(
          "span",
          { class: `tag ${person.certified ? "tag-good" : "tag-plain"}` },
          t(person.certified ? "desk.certified" : "desk.not_certified"),
        ),
    ),
    !here && statusSelect(person),
  );
}

function agencyGroup([name, people]) {
  const present = people.filter((person) => person.status === "on_duty").length;
  return h(
    "section",
    { class: "attendance-group" },
    h(
      "h3",
      { class: "group-title" },
      h("span", {}, name),
      h("span", { class: "group-count" }, `${present}/${people.length}`),
    ),
    h("ul", { class: "plain-list" }, people.map(personRow)),
  );
}

function draw() {
  if (!state.day) {
    refill(list);
    refill(head);
    return;
  }
  const { present, all } = onDuty();
  document.getElementById("tab-attendance-count").textContent = `${present}/${all}`;
  const note = state.day.attendance_on_record ? null : h("p", { class: "note" }, t("desk.no_attendance"));
  const allHere =
    config.can_edit && present < all
      ? button(t("desk.all_on_duty"), () =>
          send(Object.fromEntries(Object.keys(state.day.people).map((id) => [id, "on_duty"]))),
        )
      : null;
  refill(head, note, allHere);
  const groups = byAgency();
  const nothing = h("p", { class: "nothing" }, t(all ? "desk.nobody_found" : "desk.no_people"));
  refill(list, groups.length ? groups.map(agencyGroup) : nothing);
}

search.addEventListener("input", draw);
watch(["day", "saving"], draw);
