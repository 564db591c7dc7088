// An urgent case was filed: the planner is told what sending a squad today costs, and asked whether to do it now.

import { t } from "../texts.js";
import { button, h } from "./dom.js";
import { clock, signed } from "./format.js";
import { effectOf, possible, showRest } from "./replan.js";
import { config, findStop, state } from "./store.js";

function box(place, ...children) {
  place.replaceChildren(h("div", { class: "case-offer", role: "status" }, ...children));
}

const line = (words) => h("p", {}, words);

function effects(found, id) {
  const mine = found.changes.find(({ stop_id }) => stop_id === `incident:${id}`);
  if (!mine?.squad_after) {
    const left = found.plan.unassigned.find(({ stop }) => stop.id === `incident:${id}`);
    return [line(t("case.offer_none", { reason: left?.reason_text ?? mine?.reason_text ?? "" }))];
  }
  const dropped = found.changes.filter(({ kind }) => kind === "dropped").length;
  const driving = found.ahead.travel_minutes - found.told.travel_minutes;
  return [
    h(
      "ul",
      { class: "sentences" },
      h("li", {}, t("case.offer_goes", { squad: mine.squad_after, time: clock(mine.start_after) })),
      h("li", {}, t("case.offer_stops", { n: found.disturbed, dropped })),
      h("li", {}, t("case.offer_travel", { minutes: signed(driving) })),
      found.late_minutes > 0 && h("li", {}, t("case.offer_later", { minutes: found.late_minutes })),
    ),
  ];
}

/** Say what the rest of today would be with the urgent case in it, and offer it. */
export async function offerRest(place, id) {
  if (!config.can_edit || state.date !== config.today) return;
  const close = () => place.replaceChildren();
  const notNow = button(t("case.offer_not_now"), close, { data: { key: "offer-not-now" } });
  const planned = state.day?.published_same !== false && findStop(`incident:${id}`, state.day?.draft);
  if (planned?.visit) {
    const { squad, visit } = planned;
    box(place, line(t("case.offer_planned", { squad: squad.number, time: clock(visit.start) })), notNow);
    return;
  }
  if (!possible()) {
    box(place, line(t("case.offer_unpublished")), notNow);
    return;
  }
  const title = h("strong", {}, t("case.offer_title"));
  box(place, title, line(t("case.offer_asking")));
  const found = await effectOf(id);
  if (!found) {
    box(place, line(t("case.offer_failed")), notNow);
    return;
  }
  const look = button(
    t("case.offer_look"),
    () => {
      close();
      showRest(found);
    },
    { class: "btn btn-sm btn-primary", data: { key: "offer-look" } },
  );
  box(place, title, ...effects(found, id), h("div", { class: "detail-actions" }, look, notNow));
}
