// Who should deal with an incident: the first of each kind with its reasons and one button, the others to unfold.

import { api } from "../api.js";
import { t } from "../texts.js";
import { button, h } from "./dom.js";

/** What is advised for an incident. */
export const adviceOf = (incident) => api("GET", `/routing/candidates?incident=${encodeURIComponent(incident)}`);

/** What was said of somebody, strongest first. */
export function reasonsOf(item) {
  const said = [...item.reasons].sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
  return h(
    "span",
    { class: "why" },
    item.held.map((words) => h("span", { class: "advice-held" }, `${words}；`)),
    said.map(({ text, points }, at) => h("span", { class: points < 0 ? "advice-against" : null }, `${at ? "；" : ""}${text}${points ? `（${points > 0 ? "+" : ""}${points}）` : ""}`)),
  );
}

function row(item, kind, given) {
  const line = h(
    "li",
    { class: item.top ? "is-top" : null, data: { advised: item.id, kind } },
    h("span", { class: "advice-line" }, h("strong", {}, item.name), item.top && h("span", { class: "tag tag-good" }, t("routing.advice_top")), h("span", { class: "why" }, t("routing.points", { points: item.score }))),
    reasonsOf(item),
  );
  const send = given.sendTo(kind, item);
  if (send) {
    const problem = h("p", { class: "why-left", role: "alert", hidden: true });
    const press = async (event) => {
      const pressed = event.currentTarget;
      pressed.disabled = true;
      try {
        await send.run();
      } catch (refused) {
        problem.textContent = refused.message;
        problem.hidden = false;
        pressed.disabled = false;
      }
    };
    line.append(button(send.words, press, { class: `btn btn-sm ${item.top ? "btn-primary" : "btn-outline-secondary"}`, data: { key: `advice-${kind}-${item.id}` } }), problem);
  }
  return line;
}

function group(words, items, kind, given) {
  if (!items.length) return null;
  const [first, ...rest] = items;
  return h(
    "div",
    { class: "advice-group" },
    h("h4", {}, words),
    h("ul", { class: "plain-list" }, row(first, kind, given)),
    rest.length > 0 && h("details", {}, h("summary", {}, t("routing.advice_more", { n: rest.length })), h("ul", { class: "plain-list" }, rest.map((item) => row(item, kind, given)))),
  );
}

/** Cases of other bodies that are probably about the same matter: to be looked at before anybody is sent. */
function atIt(cases, when) {
  if (!cases.length) return null;
  const row = (item) =>
    h(
      "li",
      { data: { atIt: item.case_id } },
      h("strong", {}, `${item.body_text}：${item.category || item.case_id}`),
      h("span", { class: "why" }, [item.case_id, item.state_text, t("routing.metres_apart", { metres: item.metres }), when(item.opened_at)].join(" · ")),
    );
  return h("div", { class: "advice-at-it" }, h("h3", {}, t("routing.at_it", { n: cases.length })), h("ul", {}, cases.map(row)), h("p", { class: "why" }, t("routing.at_it_words")));
}

/**
 * The box of advice, filled in as soon as it is known. `given.sendTo(kind, item)` gives {words, run} where the
 * user may send it there at once, else null; `given.when(iso)` puts a time into words.
 */
export function adviceBox(incident, given) {
  const box = h("div", { class: "advice" });
  adviceOf(incident).then(
    (found) => {
      const parts = [
        found.warning && h("p", { class: found.refused ? "why-left" : "why" }, t("routing.warning", { words: found.warning })),
        group(t("routing.advice_squads"), found.squads, "squad", given) ?? h("p", { class: "why" }, t("routing.no_squads")),
        group(t("routing.advice_officers"), found.officers, "officer", given),
        group(t("routing.advice_bodies"), found.bodies, "body", given),
      ];
      box.replaceChildren(...[atIt(found.at_it, given.when), h("h3", {}, t("routing.advice")), ...parts].filter(Boolean));
    },
    (problem) => box.replaceChildren(h("p", { class: "why" }, problem.message)),
  );
  return box;
}

/** The step that sends a case to somebody. */
export function stepTo(kind, item) {
  if (kind === "squad") return { action: "dispatch", squad_id: item.id };
  if (kind === "officer") return { action: "dispatch", officer_id: item.id };
  return { action: "escalate", body: item.id, note: t("routing.advice_pass_note") };
}
