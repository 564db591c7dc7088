// One joint matter as a card: who is at it, its cases, and what may be decided.

import { api } from "../api.js";
import { t } from "../texts.js";
import { button, h } from "./dom.js";

const names = (bodies) => bodies.map(({ text }) => text).join("、");
const path = (item, what) => `/joint/${encodeURIComponent(item.id)}/${what}`;

function rows(item, given) {
  const pairs = [
    [t("routing.joint_place"), [given.withTownship && item.township, item.village].filter(Boolean).join(" · ")],
    item.lead && item.state === "joined"
      ? [t("routing.joint_lead"), item.lead.text]
      : [t("routing.joint_bodies"), names(item.bodies)],
    item.state === "joined" && item.cooperating.length > 0 && [t("routing.joint_helpers"), names(item.cooperating)],
    [t("routing.joint_found"), given.when(item.found_at)],
    item.decided_at && [t("routing.joint_decision"), [t("routing.joint_decided_by", { by: item.decided_by_name, at: given.when(item.decided_at) }), item.why].filter(Boolean).join("：")],
  ];
  return h("dl", {}, pairs.filter((pair) => pair && pair[1]).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function caseRow(one, given) {
  const name = h("strong", {}, one.category || one.id);
  const link = given.addressOf?.(one);
  return h("li", { data: { jointCase: one.id } }, link ? h("a", { href: link }, name) : name, " ", h("span", { class: "why" }, [one.id, one.state_text, one.body_text, given.when(one.opened_at)].join(" · ")));
}

/** A form in the card; what is refused is said there. */
function ask(card, item, what, fields, label, given) {
  const problem = h("p", { class: "why-left", role: "alert", hidden: true });
  const go = h("button", { type: "submit", class: "btn btn-sm btn-primary", data: { key: `joint-send-${what}` } }, label);
  const form = h("form", { class: "repeat-ask" }, fields.map(({ node }) => node), problem, h("div", { class: "detail-actions" }, go, button(t("web.cancel"), () => form.remove())));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await api("POST", path(item, what), Object.assign({}, ...fields.map(({ read }) => read())));
      await given.changed();
    } catch (refused) {
      problem.textContent = refused.message;
      problem.hidden = false;
      go.disabled = false;
    }
  });
  card.querySelector(".repeat-ask")?.remove();
  card.append(form);
  form.querySelector("select, input")?.focus();
}

function reason() {
  const input = h("input", { class: "form-control form-control-sm", maxlength: 500, required: true, data: { key: "joint-why" } });
  return { node: h("label", {}, h("span", {}, t("routing.joint_why")), input), read: () => ({ why: input.value.trim() }) };
}

function note() {
  const input = h("input", { class: "form-control form-control-sm", maxlength: 500, data: { key: "joint-note" } });
  return { node: h("label", {}, h("span", {}, t("routing.note")), input), read: () => ({ note: input.value.trim() }) };
}

function leads(item) {
  const options = item.leads.map(({ name, text }) => h("option", { value: name, selected: name === item.proposed }, text));
  const select = h("select", { class: "form-select form-select-sm", data: { key: "joint-lead" } }, options);
  return { node: h("label", {}, h("span", {}, t("routing.joint_lead")), select), read: () => ({ lead: select.value }) };
}

/** `given`: canDecide, when(iso), changed(), withTownship, addressOf(case) where a case can be opened from here. */
export function jointCard(item, given) {
  const waits = item.state === "suggested";
  const card = h(
    "section",
    { class: `joint-card is-${item.state}`, data: { joint: item.id } },
    h("header", {}, h("strong", {}, item.id), " ", h("span", { class: `tag ${waits ? "tag-warn" : "tag-good"}`, data: { jointState: item.state } }, item.state_text)),
    waits && h("p", { class: "joint-warning" }, t("routing.joint_warning")),
    rows(item, given),
    h("ul", { class: "plain-list" }, item.cases.map((one) => caseRow(one, given))),
  );
  if (!given.canDecide) return card;
  const open = (what, fields, label) => () => ask(card, item, what, fields, label, given);
  const buttons = waits
    ? [
        button(t("routing.joint_join"), open("join", [leads(item), note()], t("routing.joint_join")), { class: "btn btn-sm btn-primary", data: { key: "joint-join" } }),
        button(t("routing.joint_dismiss"), open("dismiss", [reason()], t("routing.joint_dismiss")), { data: { key: "joint-dismiss" } }),
      ]
    : item.state === "joined" && [button(t("routing.joint_undo"), open("undo", [reason()], t("routing.joint_undo")), { data: { key: "joint-undo" } })];
  if (buttons) card.append(h("div", { class: "detail-actions" }, buttons));
  return card;
}
