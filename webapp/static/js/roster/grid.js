// People by days: who serves in which squad, who is away, what is locked, and what each bears.

import { h, refill } from "../desk/dom.js";
import { t } from "../texts.js";
import { config, lockOf, place, set, state } from "./state.js";
import { dayWords, weekdayWords } from "./words.js";

const box = document.getElementById("roster-grid");
const legend = document.getElementById("roster-legend");
const SHARES = ["days", "weekends", "holidays", "led"];
const COLOURS = 8;

function head(roster) {
  const days = roster.days.map((day) =>
    h(
      "th",
      { scope: "col", class: `kind-${day.kind}${day.date === roster.today ? " is-today" : ""}`, title: [dayWords(day.date), day.name, day.kind === "makeup" ? t("roster.ui.makeup") : ""].filter(Boolean).join(" ") },
      String(Number(day.date.slice(8))),
      h("small", {}, day.kind === "makeup" ? t("roster.ui.makeup_short") : day.name ? t("roster.ui.holiday_short") : weekdayWords(day.date)),
    ),
  );
  const shares = SHARES.map((key) => h("th", { scope: "col", class: "share", title: t(`roster.ui.share_${key}_title`) }, t(`roster.share.${key}`)));
  const before = h("th", { scope: "col", class: "share", title: t("roster.ui.before_title") }, t("roster.ui.before"));
  return h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "who" }, t("roster.ui.person")), days, shares, before));
}

function said(one, day, where, lock) {
  const parts = [one.name, dayWords(day.date)];
  if (where === "reserve") parts.push(t("roster.ui.in_reserve"));
  else if (where) parts.push(t(where.leader === one.id ? "roster.ui.leads" : "roster.ui.in_squad", { number: where.number }));
  else parts.push(t("roster.ui.off_duty"));
  if (one.away[day.date]) parts.push(t(`roster.absent.${one.away[day.date]}`));
  if (lock) parts.push(t(`roster.ui.lock_${lock.source}`));
  return parts.join(" · ");
}

function cell(one, day, locks) {
  const where = place(day, one.id);
  const away = one.away[day.date];
  const lock = locks.get(`${day.date}|${one.id}`);
  const chosen = state.cell?.day === day.date && state.cell?.officer === one.id;
  const classes = [`kind-${day.kind}`, "cell"];
  if (away) classes.push("is-away");
  if (away && where) classes.push("is-wrong");
  if (chosen) classes.push("is-chosen");
  if (day.fixed || !day.open) classes.push("is-fixed");
  let mark = null;
  if (where === "reserve") mark = h("span", { class: "duty duty-reserve" }, t("roster.mark.reserve"));
  else if (where) mark = h("span", { class: `duty squad-${((where.number - 1) % COLOURS) + 1}${where.leader === one.id ? " is-leader" : ""}` }, String(where.number));
  else if (away) mark = h("span", { class: "away" }, t(`roster.mark.${away}`));
  const key = `${day.date}|${one.id}`;
  return h(
    "td",
    { class: classes.join(" ") },
    h(
      "button",
      { type: "button", "aria-label": said(one, day, where, lock), title: said(one, day, where, lock), "aria-pressed": String(chosen), data: { key, cell: key }, on: { click: () => set({ cell: { day: day.date, officer: one.id }, tab: "cell" }) } },
      mark,
      lock ? h("i", { class: `lock lock-${lock.source}` }) : null,
    ),
  );
}

function spans(people) {
  const byAgency = new Map();
  for (const one of people) {
    const total = one.share.days + one.before.days;
    const [least, most] = byAgency.get(one.agency) ?? [total, total];
    byAgency.set(one.agency, [Math.min(least, total), Math.max(most, total)]);
  }
  return byAgency;
}

function body(roster) {
  const rows = [];
  const range = spans(roster.people);
  const locks = new Map(roster.locks.map((one) => [`${one.day}|${one.officer}`, one]));
  let agency = null;
  for (const one of roster.people) {
    if (one.agency !== agency) {
      agency = one.agency;
      const [least, most] = range.get(agency);
      rows.push(
        h("tr", { class: "agency" }, h("th", { scope: "rowgroup", colspan: roster.days.length + SHARES.length + 2 }, h("span", {}, one.agency_name, roster.made ? h("small", { title: t("roster.ui.turns_title") }, t("roster.ui.turns", { least, most })) : null))),
      );
    }
    const certificate = one.certified ? null : h("span", { class: "no-certificate", title: t("roster.ui.uncertified") }, t("roster.ui.uncertified_short"));
    rows.push(
      h(
        "tr",
        { data: { officer: one.id } },
        h("th", { scope: "row", class: "who" }, one.name, certificate),
        roster.days.map((day) => cell(one, day, locks)),
        SHARES.map((key) => h("td", { class: "share" }, String(one.share[key]))),
        h("td", { class: "share" }, String(one.before.days)),
      ),
    );
  }
  return h("tbody", {}, rows);
}

function keys(event) {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const from = event.target.closest("td.cell");
  if (!step || !from) return;
  event.preventDefault();
  const rows = [...box.querySelectorAll("tr[data-officer]")];
  const row = rows[rows.indexOf(from.parentElement) + step[0]];
  row?.children[from.cellIndex + step[1]]?.querySelector("button")?.focus();
}

box.addEventListener("keydown", keys);

/** Draw the grid. */
export function drawGrid() {
  const { roster } = state;
  if (!roster) return;
  const left = box.scrollLeft;
  if (!roster.people.length) refill(box, h("p", { class: "empty" }, t("roster.ui.no_people")));
  else refill(box, h("table", { class: "roster-grid" }, head(roster), body(roster)));
  box.scrollLeft = left;
  legend.textContent = roster.people.length ? t("roster.ui.legend") : "";
}

/** Whether a cell of the shown roster can be changed. */
export const canChange = (day) => config.can_edit && state.view === "draft" && state.roster.made && day.open && day.rostered;
export { lockOf };
