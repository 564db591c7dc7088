// The small form of each step of a case: what the transition table says it needs, and what it may bring besides.

import { api } from "../api.js";
import { t } from "../texts.js";
import { button, h } from "./dom.js";
import { config, state } from "./store.js";

const SMALL = "form-control form-control-sm";
/** Steps that show something: with photos. */
const WITH_PHOTOS = new Set(["verify", "check", "rework", "comment", "reopen"]);
const MOST_PHOTOS = 4;
const LEVELS = [1, 2, 3];
const SCORES = [5, 4, 3, 2, 1];
let items = null;

/** An id of the sender's own: sending twice is one step. Works without a secure context, unlike randomUUID. */
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function labelled(words, control, props = {}) {
  return h("label", props, h("span", {}, words), control);
}

function choice(name, options) {
  return h(
    "select",
    { class: "form-select form-select-sm", required: true, data: { key: `case-field-${name}` } },
    h("option", { value: "" }, t("case.choose")),
    options,
  );
}

const option = ([value, words]) => h("option", { value }, words);

function note(needed) {
  const area = h("textarea", { class: SMALL, rows: 2, maxlength: 4000, required: needed, data: { key: "case-field-note" } });
  return { node: labelled(t("case.field_note"), area), read: () => ({ note: area.value.trim() }) };
}

function crew() {
  const plan = state.date === config.today ? (state.day?.published ?? (state.day?.published_same ? state.day.draft : null)) : null;
  const squads = (plan?.squads ?? []).map((squad) => [`squad ${squad.id}`, t("case.squad", { n: squad.number })]);
  const people = Object.entries(state.day?.people ?? {})
    .filter(([, person]) => person.status === "on_duty")
    .map(([id, person]) => [`officer ${id}`, `${person.name}（${person.agency_name}）`]);
  const group = (words, found) => found.length > 0 && h("optgroup", { label: words }, found.map(option));
  const control = choice("crew", [group(t("case.crew_squads"), squads), group(t("case.crew_officers"), people)]);
  const read = () => {
    const [kind, ...id] = control.value.split(" ");
    return kind === "squad" ? { squad_id: id.join(" ") } : { officer_id: id.join(" ") };
  };
  return { node: labelled(t("case.field_crew"), control), read };
}

/** Whom a step may concern: to be released are those who help, to be brought in the others. */
function bodiesFor({ action, found }) {
  const helping = found?.case.cooperating ?? [];
  if (action === "release") return helping;
  const known = found?.departments ?? [];
  return action === "involve" ? known.filter((name) => name !== found.case.department && !found.case.unheard.includes(name)) : known;
}

function body({ action, found }) {
  const control = choice("body", bodiesFor({ action, found }).map((name) => option([name, name])));
  // Whom the department that gave it back takes for the right one.
  const suggested = found?.steps.findLast(({ action }) => action === "object")?.detail.suggests;
  if (action === "escalate" && found?.departments.includes(suggested)) control.value = suggested;
  return { node: labelled(t("case.field_body"), control), read: () => ({ body: control.value }) };
}

/** Who helps; with none chosen those that the catalogue names for the item do. */
function cooperating({ found }) {
  const boxes = (found?.departments ?? []).map((name) => h("input", { type: "checkbox", class: "form-check-input", value: name }));
  const rows = boxes.map((box) => h("label", { class: "case-check" }, box, h("span", {}, box.value)));
  const node = h("details", { data: { key: "case-field-cooperating" } }, h("summary", {}, t("case.field_cooperating")), rows);
  const read = () => {
    const chosen = boxes.filter(({ checked }) => checked).map(({ value }) => value);
    return chosen.length ? { cooperating: chosen } : {};
  };
  return { node, read };
}

function level({ found }) {
  const higher = LEVELS.filter((number) => number > (found?.case.supervised ?? 0));
  const control = choice("level", higher.map((n) => option([n, t("case.level", { level: n })])));
  return { node: labelled(t("case.field_level"), control), read: () => ({ level: Number(control.value) }) };
}

function rating() {
  const control = choice("rating", SCORES.map((n) => option([n, t("case.score", { n })])));
  return { node: labelled(t("case.field_rating"), control), read: () => ({ rating: Number(control.value) }) };
}

/** Open cases of the township to choose from, most like this one first: same kind, then newest. */
function original({ found, incident }) {
  const control = choice("original", []);
  const township = found?.case.township_code ?? state.township;
  api("GET", `/cases?${new URLSearchParams({ township, open: true, limit: 200 })}`).then(({ cases }) => {
    const same = (item) => Number(item.category === incident?.category);
    const others = cases.filter(({ id }) => id !== found?.case.id).sort((a, b) => same(b) - same(a));
    control.append(...others.map(({ id, category, state_text }) => option([id, `${category} ${id}（${state_text}）`])));
  });
  return { node: labelled(t("case.field_original"), control), read: () => ({ original: control.value }) };
}

function until() {
  const control = h("input", { type: "date", class: SMALL, min: config.today, data: { key: "case-field-until" } });
  return { node: labelled(t("case.field_until"), control), read: () => (control.value ? { until: control.value } : {}) };
}

function urgent({ incident }) {
  const control = h("input", {
    type: "checkbox",
    class: "form-check-input",
    checked: incident?.urgent ?? false,
    data: { key: "case-field-urgent" },
  });
  const node = h("label", { class: "case-check" }, control, h("span", {}, t("case.field_urgent")));
  return { node, read: () => ({ urgent: control.checked }) };
}

function item({ incident }) {
  const control = h(
    "select",
    { class: "form-select form-select-sm", data: { key: "case-field-item" } },
    h("option", { value: "" }, t("case.no_item")),
  );
  items ??= api("GET", "/catalogue/items").catch(() => ({ items: [] }));
  items.then((answer) => {
    control.append(...answer.items.map(({ code, name }) => option([code, `${code} ${name}`])));
    control.value = incident?.item_code ?? "";
  });
  return { node: labelled(t("case.field_item"), control), read: () => (control.value ? { item_code: control.value } : {}) };
}

const readFile = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

function photos() {
  const control = h("input", { type: "file", class: SMALL, accept: "image/*", multiple: true, data: { key: "case-field-photo" } });
  const read = async () => {
    const chosen = [...control.files].slice(0, MOST_PHOTOS);
    return chosen.length ? { photos: await Promise.all(chosen.map(readFile)) } : {};
  };
  return { node: labelled(t("case.field_photo"), control), read };
}

const FIELDS = { crew, body, cooperating, level, rating, original, until };

function fieldsOf({ action, needs, takes }, given) {
  const asked = [...needs, ...takes].filter((name) => name in FIELDS).map((name) => FIELDS[name]({ ...given, action }));
  if (action === "file") asked.push(item(given), urgent(given));
  asked.push(note(needs.includes("note")));
  if (WITH_PHOTOS.has(action)) asked.push(photos());
  return asked;
}

/** The form of a step. `send` takes the body; what is refused is shown under the form and nothing typed is lost. */
export function caseForm(step, given) {
  const fields = fieldsOf(step, given);
  const device_id = newId();
  const problem = h("p", { class: "why-left", role: "alert", hidden: true });
  const submit = h(
    "button",
    { type: "submit", class: "btn btn-sm btn-primary", data: { key: "case-send" } },
    step.action_text,
  );
  const form = h(
    "form",
    { class: "case-form", data: { form: step.action } },
    fields.map(({ node }) => node),
    problem,
    h("div", { class: "detail-actions" }, submit, button(t("case.back"), given.close, { data: { key: "case-back" } })),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      const parts = await Promise.all(fields.map(({ read }) => read()));
      await given.send(Object.assign({ device_id }, ...parts));
    } catch (refused) {
      problem.textContent = refused.message;
      problem.hidden = false;
    }
    submit.disabled = false;
  });
  return form;
}
