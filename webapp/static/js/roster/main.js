// The roster of a month: made by a job, looked at, decided by hand, published; requests to exchange duties.

import { api, followJob } from "../api.js";
import { toast } from "../app.js";
import { button, h, refill } from "../desk/dom.js";
import { t } from "../texts.js";
import { drawCell, lookAtCell } from "./cell.js";
import { drawFigures } from "./figures.js";
import { drawGrid } from "./grid.js";
import { base, config, load, onChange, set, state, take } from "./state.js";
import { drawSwaps, loadSwaps, waiting } from "./swaps.js";
import { monthWords, momentWords, otherMonth } from "./words.js";

const at = (id) => document.getElementById(id);
const TABS = ["cell", "swaps", "figures"];

const say = (problem) => toast([problem.message, ...problem.problems.map((row) => row.reason)].join(" "), "danger");

async function loaded() {
  try {
    await load();
  } catch (problem) {
    say(problem);
  }
}

function go(changes) {
  set({ ...changes, cell: null, roster: changes.month ? null : state.roster });
  const query = new URLSearchParams({ township: config.township, month: state.month });
  history.replaceState(null, "", `?${query}`);
  loaded();
}

async function make() {
  if (state.job || state.saving) return;
  set({ job: { fraction: 0 } });
  try {
    const asked = { kind: "roster", township: config.township, date: state.month, version: state.roster.version, off_days: state.offDays };
    const job = await api("POST", "/jobs", asked);
    const over = await followJob(job.id, (now) => set({ job: now }));
    if (over.state === "failed") toast(over.error_text ?? t("error.http_500"), "danger");
    if (over.state === "done") toast(t("roster.ui.done", { days: over.result.days }));
  } catch (problem) {
    say(problem);
  }
  set({ job: null, view: "draft" });
  await loaded();
}

async function publish() {
  if (state.saving) return;
  set({ saving: true });
  try {
    take(await api("POST", `${base}/publish`, { month: state.month, version: state.roster.version }));
    toast(t("roster.ui.published"));
  } catch (problem) {
    say(problem);
    await loaded();
  } finally {
    set({ saving: false });
  }
}

function tools(roster) {
  const items = [
    button("‹", () => go({ month: otherMonth(state.month, -1) }), { "aria-label": t("roster.ui.month_before"), title: t("roster.ui.month_before"), id: "month-before" }),
    button("›", () => go({ month: otherMonth(state.month, 1) }), { "aria-label": t("roster.ui.month_after"), title: t("roster.ui.month_after"), id: "month-after" }),
    h("a", { class: "btn btn-sm btn-outline-secondary", href: `/desk/?${new URLSearchParams({ township: config.township })}` }, t("roster.ui.to_desk")),
  ];
  if (roster.state === "changed") {
    items.push(button(t(state.view === "draft" ? "roster.ui.show_published" : "roster.ui.show_draft"), () => go({ view: state.view === "draft" ? "published" : "draft" }), { id: "other-view" }));
  }
  if (roster.made) {
    const query = new URLSearchParams({ township: config.township, month: state.month, view: state.view });
    items.push(h("a", { class: "btn btn-sm btn-outline-secondary", id: "workbook", href: `${config.workbook}?${query}` }, t("roster.ui.workbook")));
  }
  if (config.can_edit && roster.days.some((day) => day.open)) {
    items.push(h("label", { class: "form-check", title: t("roster.ui.off_days_title") }, h("input", { type: "checkbox", class: "form-check-input", id: "off-days", checked: state.offDays, data: { key: "off-days" }, on: { change: (event) => set({ offDays: event.target.checked }) } }), t("roster.ui.off_days")));
    const first = !roster.made || roster.broken.length > 0;
    items.push(button(t(roster.made ? "roster.ui.make_again" : "roster.ui.make"), make, { id: "make", class: `btn btn-sm btn-${first ? "primary" : "outline-secondary"}`, disabled: Boolean(state.job) || state.saving }));
  }
  if (config.can_edit && (roster.state === "draft" || roster.state === "changed")) {
    const ready = !roster.broken.length && state.view === "draft";
    items.push(button(t("roster.ui.publish"), publish, { id: "publish", class: "btn btn-sm btn-primary", disabled: !ready || Boolean(state.job) || state.saving, title: ready ? "" : t("roster.ui.publish_blocked") }));
  }
  return items;
}

function listed(kind, title, words) {
  if (!words.length) return null;
  return h("details", { class: `alert alert-${kind} roster-found`, open: kind === "danger" }, h("summary", {}, `${title}（${words.length}）`), h("ul", {}, words.map((one) => h("li", {}, one))));
}

function notes(roster) {
  if (!roster.made && roster.people.length) return [h("div", { class: "empty" }, t(config.can_edit ? "roster.ui.none_make" : "roster.ui.none_yet"))];
  return [listed("danger", t("roster.ui.broken"), roster.broken), listed("warning", t("roster.ui.unfair"), roster.unfair), ...roster.notes.map((words) => h("p", { class: "roster-note" }, words))];
}

function progress() {
  const { job } = state;
  at("roster-job").hidden = !job;
  if (!job) return;
  const stop = job.id ? button(t("roster.ui.stop"), () => api("POST", `/jobs/${encodeURIComponent(job.id)}/cancel`).catch(say), { id: "stop-job" }) : null;
  refill(at("roster-job"), t("roster.ui.working"), h("progress", { max: 1, value: job.fraction }), stop);
}

function tabs() {
  const count = waiting();
  const items = TABS.map((tab) =>
    h("button", { type: "button", role: "tab", id: `tab-${tab}`, data: { key: `tab-${tab}` }, "aria-controls": "roster-pane", "aria-selected": String(state.tab === tab), on: { click: () => set({ tab }) } }, t(`roster.ui.tab_${tab}`), tab === "swaps" && count ? h("span", { class: "count" }, String(count)) : null),
  );
  refill(at("roster-tabs"), items);
}

let shown = null;

function draw() {
  const { roster } = state;
  progress();
  tabs();
  if (!roster) return;
  at("roster-title").textContent = t("roster.ui.of", { month: monthWords(roster.month) });
  const word = at("roster-state");
  word.className = `state state-${{ published: "good", changed: "warn", draft: "warn", none: "none" }[roster.state]}`;
  word.textContent = t(`roster.ui.state_${roster.state}`, { at: roster.published_at ? momentWords(roster.published_at) : "" });
  refill(at("roster-tools"), tools(roster));
  refill(at("roster-notes"), notes(roster));
  drawGrid();
  const pane = at("roster-pane");
  if (state.tab === "cell") drawCell(pane);
  else if (state.tab === "swaps") drawSwaps(pane);
  else drawFigures(pane);
  const key = state.cell && `${roster.version}|${roster.view}|${state.cell.day}|${state.cell.officer}`;
  if (key !== shown) {
    shown = key;
    lookAtCell();
  }
}

onChange(draw);
loaded();
loadSwaps();
