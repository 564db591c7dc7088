// Inspections of premises in the detail pane: how often this year against the cap, when next, permits, agencies' wishes.

import { api } from "../api.js";
import { toast } from "../app.js";
import { t } from "../texts.js";
import { loadPlanParts } from "./data.js";
import { h } from "./dom.js";
import { day, fullDay } from "./format.js";
import { facts, part } from "./parts.js";
import { config, state } from "./store.js";

const KINDS = ["complaint", "accident", "transferred", "recheck", "court", "campaign"];
/** What is shown now: its elements outlive redraws, so that nobody loses half a reason typed. */
let shown = null;

const address = (id) => `/inspections/places/${encodeURIComponent(id)}`;
const span = (from, to) => (from === to ? day(from) : `${day(from)}–${day(to)}`);

function row(when, ...words) {
  return h("li", {}, h("span", { class: "when" }, when), h("span", {}, words));
}

const list = (rows) => rows.length > 0 && h("ul", { class: "plain-list history" }, rows);

function nextDay(burden) {
  if (burden.permit_reason) return t("desk.burden_by_permit");
  if (!burden.earliest) return t("desk.burden_never");
  return burden.earliest === state.date ? t("desk.burden_today") : fullDay(burden.earliest);
}

function standing(burden) {
  const full = burden.count >= burden.yearly_cap;
  const count = t("desk.burden_count_of", { count: burden.count, cap: burden.yearly_cap });
  return [
    facts(
      [
        t("desk.burden_count"),
        h(
          "span",
          { class: "with-badge", data: { burden: "count" } },
          count,
          full && h("span", { class: "tag tag-bad" }, t("desk.burden_full")),
        ),
      ],
      [t("desk.burden_last"), burden.last ? fullDay(burden.last) : t("desk.never")],
      [t("desk.burden_next"), h("span", { data: { burden: "next" } }, nextDay(burden))],
      [t("desk.burden_spacing"), t("desk.days", { n: burden.spacing_days })],
      [t("desk.burden_saved"), burden.saved_visits ? t("desk.visits", { n: burden.saved_visits }) : null],
    ),
    burden.refusal_text &&
      h("p", { class: "why-left", data: { burden: "refusal" } }, t("desk.burden_no", { why: burden.refusal_text })),
  ];
}

function made(burden) {
  return burden.inspections.map((item) =>
    row(
      day(item.day),
      item.agencies.join("、") || t("desk.burden_routine"),
      item.requests.length > 1 &&
        h("span", { class: "why" }, t("desk.burden_joint", { n: item.requests.length })),
      item.exception && h("span", { class: "why" }, `${item.exception_text}：${item.reason}`),
    ),
  );
}

function permitted(burden) {
  return burden.permits.map((item) =>
    row(
      span(item.first, item.last),
      item.kind_text,
      h("span", { class: "why" }, t("desk.burden_granted", { reason: item.reason, by: item.granted_by })),
    ),
  );
}

function wished(burden) {
  return burden.requests.map((item) =>
    row(
      day(item.deadline),
      `${item.agency_name} · ${item.matter}`,
      item.skills.length > 0 && h("span", { class: "why" }, item.skills.join("、")),
    ),
  );
}

function field(words, control, props = {}) {
  return h("label", props, h("span", {}, words), control);
}

function permitForm(view) {
  const small = "form-control form-control-sm";
  const dated = (name) =>
    h("input", { type: "date", class: small, required: true, value: state.date, data: { key: `permit-${name}` } });
  const [first, last] = [dated("first"), dated("last")];
  const kind = h(
    "select",
    { class: "form-select form-select-sm", data: { key: "permit-kind" } },
    KINDS.map((name) => h("option", { value: name }, t(`inspection.kind_${name}`))),
  );
  const reason = h("input", { class: small, required: true, maxlength: 500, data: { key: "permit-reason" } });
  const submit = h(
    "button",
    { type: "submit", class: "btn btn-sm btn-outline-secondary", data: { key: "permit-save" } },
    t("desk.permit_save"),
  );
  const form = h(
    "form",
    { class: "permit-form" },
    field(t("desk.permit_kind"), kind, { class: "beside" }),
    field(t("desk.permit_first"), first, { class: "beside" }),
    field(t("desk.permit_last"), last, { class: "beside" }),
    field(t("desk.permit_reason"), reason),
    submit,
  );
  const box = h(
    "details",
    { class: "permit-box" },
    h("summary", { data: { key: "permit-open" } }, t("desk.permit_new")),
    h("p", { class: "nothing" }, t("desk.permit_hint")),
    form,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    const words = { first: first.value, last: last.value, kind: kind.value, reason: reason.value };
    if (await grant(view, words)) {
      reason.value = "";
      box.open = false;
    }
    submit.disabled = false;
  });
  return box;
}

async function grant(view, words) {
  try {
    await api("POST", `${address(view.id)}/permits`, words);
  } catch (problem) {
    toast([problem.message, ...problem.problems.map((item) => item.reason)].join(" "), "danger");
    return false;
  }
  toast(t("desk.permit_saved"));
  // What the plan breaks is judged with the permit from now on.
  await Promise.all([fill(view), loadPlanParts()]);
  return true;
}

async function fill(view) {
  const turn = ++view.turn;
  let burden = null;
  let trouble = null;
  try {
    burden = await api("GET", `${address(view.id)}?date=${view.date}`);
  } catch (problem) {
    trouble = problem;
  }
  if (turn !== view.turn) return;
  view.node.hidden = burden !== null && !burden.counted && burden.requests.length === 0;
  if (view.form) view.form.hidden = !burden?.counted;
  view.facts.replaceChildren(
    ...(trouble ? [h("p", { class: "nothing" }, trouble.message)] : contents(burden)).filter(Boolean),
  );
}

function contents(burden) {
  const wishes = part(t("desk.burden_wishes"), list(wished(burden)));
  if (!burden.counted) return [wishes];
  return [
    part(t("desk.burden"), standing(burden)),
    wishes,
    part(t("desk.burden_permits"), list(permitted(burden))),
    part(t("desk.burden_made"), list(made(burden))),
  ];
}

function viewOf(id, key) {
  const view = { id, key, date: state.date, turn: 0, day: undefined };
  view.facts = h("div", {}, h("p", { class: "nothing" }, t("desk.loading")));
  view.form = config.can_edit ? permitForm(view) : null;
  if (view.form) view.form.hidden = true;
  view.node = h("div", { class: "burden" }, view.facts, view.form);
  return view;
}

/** How a place stands, filled in as soon as it is known and again whenever the day's plan has changed. */
export function burdenParts(id) {
  const key = `${id}@${state.date}`;
  if (shown?.key !== key) shown = viewOf(id, key);
  if (shown.day !== state.day) {
    shown.day = state.day;
    fill(shown);
  }
  return shown.node;
}
