// The case behind an incident in the detail pane: how it stands, what may be done now, and its whole trail.

import { api } from "../api.js";
import { t } from "../texts.js";
import { clockPart } from "./caseclocks.js";
import { adviceBox, adviceOf, stepTo } from "./advice.js";
import { caseForm } from "./caseform.js";
import { offerRest } from "./caseurgent.js";
import { reloadIncidents } from "./data.js";
import { button, h } from "./dom.js";
import { moment } from "./format.js";
import { jointCard } from "./jointcard.js";
import { facts, part } from "./parts.js";
import { repeatsBox } from "./repeats.js";
import { config, state } from "./store.js";

/** Steps that lead on; the others stand aside of the straight way and look so. */
const ASIDE = new Set(["cancel", "mark_duplicate", "undo_duplicate", "suspend", "supervise", "comment", "lift_supervision", "reopen", "involve", "release", "refuse_help"]);
/** What is shown now: its elements outlive redraws, so that nobody loses half a note typed. */
let shown = null;

const caseOf = (view) => view.found?.case ?? null;
const when = (iso) => moment(iso);

function stateTags(item) {
  return h(
    "span",
    { class: "with-badge" },
    h("span", { class: `tag ${item.closed_at ? "tag-plain" : "tag-good"}`, data: { case: "state" } }, item.state_text),
    item.urgent && h("span", { class: "tag tag-bad" }, t("case.urgent")),
    item.supervised > 0 && h("span", { class: "tag tag-warn" }, t("case.supervised", { level: item.supervised })),
  );
}

function squadOf(item) {
  if (!item.squad_id) return null;
  const plan = state.day?.published ?? state.day?.draft;
  const squad = plan?.squads.find(({ id }) => id === item.squad_id);
  return t("case.squad", { n: squad?.number ?? item.squad_id.split("-").at(-1) });
}

function counts(item) {
  return ["reworked", "reopened", "objections"]
    .filter((name) => item[name] > 0)
    .map((name) => t(`case.count_${name}`, { n: item[name] }))
    .join("，");
}

function standing({ case: item, item_name, officer_name, duplicates }) {
  return facts(
    [t("case.state_name"), stateTags(item)],
    [t("case.number"), h("span", { class: "case-number" }, item.id)],
    [t("case.answerable"), h("span", { data: { case: "answerable" } }, item.answerable_text)],
    [t("case.with"), [item.department, squadOf(item), officer_name].filter(Boolean).join(" · ")],
    [t("case.helping"), item.cooperating.map((name) => (item.unheard.includes(name) ? t("case.not_answered", { body: name }) : name)).join("，")],
    [t("case.help_state"), item.help && h("span", { data: { case: "help" } }, t(`case.help_${item.help}`))],
    [t("case.item"), item_name],
    [t("case.suspended_until"), item.suspended_until],
    [t("case.counts"), counts(item)],
    [t("case.duplicate_of"), item.duplicate_of],
    [t("case.duplicates"), duplicates.join("，")],
    [t("case.rating"), item.rating && t("case.score", { n: item.rating })],
  );
}

function evidence(item) {
  return h(
    "a",
    {
      class: `evidence is-${item.state}`,
      href: item.url,
      target: "_blank",
      rel: "noopener",
      title: `${item.state_text}  SHA-256 ${item.sha256}`,
    },
    item.name ? h("span", { class: "evidence-name" }, item.name) : h("img", { src: item.url, alt: t("case.field_photo"), loading: "lazy" }),
    h("span", {}, item.state_text),
  );
}

function stepRow(step) {
  return h(
    "li",
    { data: { step: step.action } },
    h("strong", {}, step.action_text),
    h("span", { class: "why" }, [when(step.at), step.actor_name, step.detail_text].filter(Boolean).join(" · ")),
    step.note && h("p", {}, step.note),
    step.evidence.length > 0 && h("div", { class: "evidence-row" }, step.evidence.map(evidence)),
  );
}

function penaltyRow(item) {
  const what = [item.kind_text, item.amount_yuan > 0 && t("case.detail_fine", { amount: item.amount_yuan })];
  return h(
    "li",
    {},
    h("strong", {}, what.filter(Boolean).at(-1)),
    h("span", { class: "why" }, [item.id, item.party_name, item.officers.join("、")].join(" · ")),
    item.basis && h("span", { class: "why" }, item.basis),
  );
}

const rows = (items) => items.length > 0 && h("ul", { class: "plain-list case-trail" }, items);

function openForm(view, choice) {
  view.form.replaceChildren(
    caseForm(choice, {
      incident: view.incident,
      found: view.found,
      send: (body) => take(view, choice.action, body),
      close: () => view.form.replaceChildren(),
    }),
  );
  view.form.querySelector("textarea, select, input")?.focus();
  if (["dispatch", "escalate"].includes(choice.action)) choose(view, choice.action);
}

/** The first choice stands in the form already; who knows better chooses another. */
async function choose(view, action) {
  const form = view.form.firstElementChild;
  const { squads, officers, bodies } = await adviceOf(view.id).catch(() => ({ squads: [], officers: [], bodies: [] }));
  const top = (items) => items.find((item) => item.top);
  const squad = top(squads);
  const crew = squad ? `squad ${squad.id}` : `officer ${top(officers)?.id}`;
  const select = form.querySelector(`[data-key=case-field-${action === "dispatch" ? "crew" : "body"}]`);
  const wanted = action === "dispatch" ? crew : top(bodies)?.id;
  if (select && !select.value && [...select.options].some(({ value }) => value === wanted)) select.value = wanted;
}

function buttons(view) {
  const first = view.allowed.find(({ action }) => !ASIDE.has(action))?.action;
  return h(
    "div",
    { class: "detail-actions case-actions" },
    view.allowed.map((choice) =>
      button(choice.action_text, () => openForm(view, choice), {
        class: `btn btn-sm ${choice.action === first ? "btn-primary" : "btn-outline-secondary"}`,
        data: { key: `case-${choice.action}`, caseAction: choice.action },
      }),
    ),
  );
}

/** Take a step; true when it was taken. What was refused is said where it was asked for. */
async function take(view, action, body) {
  const item = caseOf(view);
  const path = item ? `/cases/${encodeURIComponent(item.id)}/steps` : "/cases";
  const given = item ? { version: item.version } : { incident_id: view.id };
  view.found = await api("POST", path, { action, ...given, ...body });
  view.allowed = view.found.allowed;
  draw(view);
  view.form.replaceChildren();
  look(view);
  await fillClocks(view);
  await reloadIncidents();
  if (action === "file" && view.found.case.urgent) offerRest(view.offer, view.id);
}

function draw(view) {
  const { found, allowed } = view;
  view.node.hidden = !found && allowed.length === 0;
  view.facts.replaceChildren(
    ...[
      part(t("case.title"), found ? standing(found) : h("p", { class: "nothing" }, t("case.not_filed"))),
      allowed.length > 0 && buttons(view),
    ].filter(Boolean),
  );
  const parts = found && [
    part(t("case.penalties"), rows(found.penalties.map(penaltyRow))),
    part(t("case.trail"), rows(found.steps.map(stepRow).reverse())),
  ];
  view.trail.replaceChildren(...(parts || []).filter(Boolean));
}

/** The case's clocks; that they cannot be read keeps nobody from the case. */
async function fillClocks(view) {
  if (!view.found) return;
  const path = `/cases/${encodeURIComponent(caseOf(view).id)}/deadlines`;
  const shownHere = await api("GET", path)
    .then(({ clocks }) => clockPart(clocks))
    .catch((problem) => part(t("case.clocks"), h("p", { class: "nothing" }, problem.message)));
  view.clocks.replaceChildren(...[shownHere].filter(Boolean));
}

/** What may tell the same; asked for again after each step, which may have changed it. */
function look(view) {
  const changed = async () => {
    await fill(view);
    await reloadIncidents();
  };
  view.repeats.replaceChildren(repeatsBox(view.id, { canEdit: config.can_edit, when, changed }));
  const joint = (view.found?.joint ?? []).map((item) => jointCard(item, { canDecide: config.can_edit, when, changed }));
  view.joint.replaceChildren(...(joint.length ? [part(t("routing.joint_title"), joint)] : []));
  const open = view.allowed.some(({ action }) => ["file", "dispatch", "escalate"].includes(action));
  view.advice.replaceChildren(...(open ? [adviceBox(view.id, { when, sendTo: (kind, item) => sendTo(view, kind, item) })] : []));
}

/** One click: the step the table allows now, filed first where the incident is no case yet. */
function sendTo(view, kind, item) {
  const step = stepTo(kind, item);
  const may = (action) => view.allowed.some((choice) => choice.action === action);
  if (kind === "body" && item.id === "office") return null;
  if (may(step.action)) return { words: t(kind === "body" ? "routing.advice_pass" : "routing.advice_send"), run: () => take(view, step.action, step) };
  if (!may("file")) return null;
  const run = async () => {
    await take(view, "file", {});
    await take(view, step.action, step);
  };
  return { words: t(kind === "body" ? "routing.advice_file_pass" : "routing.advice_file"), run };
}

async function fill(view) {
  try {
    const { case_id, allowed } = await api("GET", `/cases/first-steps?incident=${encodeURIComponent(view.id)}`);
    view.allowed = allowed;
    view.found = case_id ? await api("GET", `/cases/${encodeURIComponent(case_id)}`) : null;
    draw(view);
    look(view);
    await fillClocks(view);
  } catch (problem) {
    view.facts.replaceChildren(h("p", { class: "nothing" }, problem.message));
  }
}

function viewOf(id) {
  const view = { id, found: null, allowed: [], incidents: state.incidents };
  view.facts = h("div", {}, h("p", { class: "nothing" }, t("desk.loading")));
  view.form = h("div", { class: "case-form-box" });
  view.offer = h("div", {});
  view.clocks = h("div", {});
  view.trail = h("div", {});
  view.repeats = h("div", {});
  view.joint = h("div", {});
  view.advice = h("div", {});
  view.node = h("div", { class: "case" }, view.offer, view.joint, view.facts, view.form, view.advice, view.repeats, view.clocks, view.trail);
  return view;
}

/** An incident's case, filled in as soon as it is known. */
export function caseParts(id) {
  if (shown?.id !== id) {
    shown = viewOf(id);
    fill(shown);
  }
  const mine = state.incidents?.features.find(({ properties }) => properties.id === id)?.properties;
  shown.incident = mine ?? state.matters[id] ?? null;
  return shown.node;
}
