// A village in the detail pane: how it stands, who answers for it and why, what happened there.

import { api } from "../api.js";
import { toast } from "../app.js";
import { t } from "../texts.js";
import { reloadOwnership, villageHistory } from "./data.js";
import { button, h } from "./dom.js";
import { clock, day } from "./format.js";
import { facts, heading, jump, part, sentences } from "./parts.js";
import { config, set, shownPlan, state } from "./store.js";

const RECENT = 8;

const leadIn = (plan, code) =>
  plan?.responsibilities.find((item) => item.village === code && item.role === "lead");

/** What officers go by, where the draft says something else. */
function inForce(code) {
  const { draft, published } = state.ownership ?? {};
  if (!draft || !published) return null;
  const now = leadIn(published, code);
  if (now?.officer === leadIn(draft, code)?.officer) return null;
  return h(
    "p",
    { class: "why-left" },
    t("desk.owner_in_force", { name: now?.officer_name ?? t("desk.nobody") }),
  );
}

function ownerRows(code) {
  const plan = state.ownership?.draft ?? state.ownership?.published;
  const mine = plan?.responsibilities.filter((item) => item.village === code) ?? [];
  const missing = plan?.uncovered.find((item) => item.village === code);
  if (!mine.length)
    return [
      h(
        "p",
        { class: "nothing" },
        missing?.reason_text ?? t(plan ? "desk.no_owner" : "desk.no_ownership_yet"),
      ),
      inForce(code),
    ];
  const rows = mine.map((item) =>
    h(
      "div",
      { class: "owner" },
      h(
        "p",
        { class: "owner-name" },
        h("strong", {}, item.officer_name),
        h("span", { class: "tag tag-plain" }, t(`desk.role_${item.role}`)),
      ),
      sentences(item.why),
    ),
  );
  return [...rows, inForce(code)];
}

async function changeLead(code, officer, why) {
  set({ saving: true });
  try {
    await api("POST", `/ownership/${encodeURIComponent(state.township)}/lead`, {
      village_code: code,
      officer_id: officer || null,
      why,
      version: state.ownership.version,
    });
    await reloadOwnership();
    toast(t("desk.lead_changed"));
  } catch (problem) {
    if (problem.status === 409) await reloadOwnership();
    toast(problem.message, "danger");
  } finally {
    set({ saving: false });
  }
}

function leadForm(code) {
  if (!config.can_edit || !(state.ownership?.draft ?? state.ownership?.published)) return null;
  const plan = state.ownership.draft ?? state.ownership.published;
  const now = leadIn(plan, code)?.officer ?? "";
  const people = Object.entries(state.day?.people ?? {}).sort(([, a], [, b]) =>
    a.name.localeCompare(b.name, "zh"),
  );
  const options = [
    h("option", { value: "" }, t("desk.nobody")),
    ...people.map(([id, person]) =>
      h("option", { value: id, selected: id === now }, `${person.name} · ${person.agency_name}`),
    ),
  ];
  const choice = h(
    "select",
    {
      class: "form-select form-select-sm",
      "aria-label": t("desk.lead_officer"),
      data: { key: "lead-choice" },
    },
    options,
  );
  const why = h("input", {
    class: "form-control form-control-sm",
    placeholder: t("desk.why_optional"),
    "aria-label": t("desk.why_optional"),
    maxlength: 200,
    data: { key: "lead-why" },
  });
  return h(
    "div",
    { class: "lead-form" },
    choice,
    why,
    button(t("desk.change_lead"), () => choice.value !== now && changeLead(code, choice.value, why.value), {
      data: { key: "lead-change" },
    }),
  );
}

function pastVisits(history) {
  const rows = history.visits
    .slice(0, RECENT)
    .map((visit) =>
      h(
        "li",
        {},
        h("span", { class: "when" }, day(visit.day)),
        h(
          "span",
          {},
          [visit.squad ? t("desk.squad", { n: visit.squad }) : visit.officer, visit.stop]
            .filter(Boolean)
            .join(" · "),
        ),
      ),
    );
  return rows.length
    ? h("ul", { class: "plain-list history" }, rows)
    : h("p", { class: "nothing" }, t("desk.no_visits"));
}

function incidents(history) {
  return history.incidents
    .slice(0, RECENT)
    .map((item) =>
      h(
        "li",
        {},
        h("span", { class: "when" }, day(item.reported_at)),
        h(
          "span",
          {},
          jump("incident", item.id, item.category || t("desk.kind_incident")),
          ` ${item.state_text ?? ""}`,
        ),
      ),
    );
}

function today(code) {
  const plan = shownPlan();
  const rows = (plan?.squads ?? []).flatMap((squad) =>
    squad.visits
      .filter((visit) => visit.stop.village_code === code)
      .map((visit) =>
        h(
          "li",
          {},
          h("span", { class: "when" }, clock(visit.start)),
          h(
            "span",
            {},
            jump("stop", visit.stop.id, visit.stop.name),
            ` ${t("desk.squad", { n: squad.number })}`,
          ),
        ),
      ),
  );
  const left = (plan?.unassigned ?? [])
    .filter((item) => item.stop.village_code === code)
    .map((item) =>
      h(
        "li",
        {},
        h("span", { class: "when" }, t("desk.not_today")),
        h(
          "span",
          {},
          jump("stop", item.stop.id, item.stop.name),
          h("span", { class: "why" }, item.reason_text),
        ),
      ),
    );
  return [...rows, ...left];
}

/** What happened in a village, filled in as soon as it is known. */
export function historyParts(code) {
  const place = h("div", {}, h("p", { class: "nothing" }, t("desk.loading")));
  villageHistory(code)
    .then((history) => {
      const found = incidents(history);
      place.replaceChildren(
        part(t("desk.past_visits"), pastVisits(history)),
        part(t("desk.incidents"), found.length && h("ul", { class: "plain-list history" }, found)) ?? "",
      );
    })
    .catch((problem) => place.replaceChildren(h("p", { class: "nothing" }, problem.message)));
  return place;
}

/** The view of one village. */
export function villageView(code) {
  const village = state.villages?.features.find((feature) => feature.properties.code === code)?.properties;
  if (!village) return [heading(t("desk.gone"), "")];
  const planned = today(code);
  return [
    heading(
      village.name,
      t(`day.village.${village.kind}`),
      h("span", { class: "tag tag-plain" }, t(`desk.risk_${village.risk}`)),
    ),
    facts(
      [
        t("desk.debt"),
        village.required ? t("desk.visits", { n: village.debt.toFixed(1) }) : t("desk.no_requirement"),
      ],
      [t("desk.required_per_week"), t("desk.visits", { n: village.required })],
      [t("desk.visits_7d"), t("desk.visits", { n: village.visits_7d })],
      [t("desk.last"), village.last_visit ? day(village.last_visit) : t("desk.never")],
    ),
    part(
      t("desk.owners"),
      state.township ? [ownerRows(code), leadForm(code)] : (village.owner_name ?? t("desk.no_owner")),
    ),
    part(t("desk.today"), planned.length && h("ul", { class: "plain-list history" }, planned)),
    state.township && historyParts(code),
  ];
}
