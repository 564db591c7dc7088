// Requests to exchange duties: each with its verdict by the roster in force, to be approved or refused.

import { api } from "../api.js";
import { toast } from "../app.js";
import { button, h, refill } from "../desk/dom.js";
import { t } from "../texts.js";
import { config, load, set, state } from "./state.js";
import { dayWords, exchangeWords, momentWords } from "./words.js";

let swaps = null;
let every = false;
let asked = 0;
/** Verdicts by request: null while they are looked for. */
const verdicts = new Map();
/** Answers being written, by request, so that drawing again does not lose them. */
const answers = new Map();

/** How many wait for somebody. */
export const waiting = () => (swaps ?? []).filter((one) => one.open).length;

/** Fetch the requests of the township, and the verdict of each open one by itself. */
export async function loadSwaps() {
  asked += 1;
  const mine = asked;
  const query = new URLSearchParams({ township: config.township, every: String(every) });
  try {
    const found = (await api("GET", `/swaps?${query}`)).swaps;
    if (mine !== asked) return;
    swaps = found;
    verdicts.clear();
    set({});
    for (const one of found.filter((item) => item.open && !item.closed_text)) {
      const full = await api("GET", `/swaps/${encodeURIComponent(one.id)}`);
      if (mine !== asked) return;
      verdicts.set(one.id, full);
      set({});
    }
  } catch (problem) {
    if (mine === asked) toast(problem.message, "danger");
  }
}

async function step(swap, name) {
  if (state.saving) return;
  set({ saving: true });
  try {
    await api("POST", `/swaps/${encodeURIComponent(swap.id)}/${name}`, { answer: answers.get(swap.id) ?? "" });
    answers.delete(swap.id);
    toast(t(`roster.ui.swap_${name}d`));
  } catch (problem) {
    toast(problem.message, "danger");
  } finally {
    set({ saving: false });
  }
  await Promise.all([load(), loadSwaps()]);
}

function effects(verdict) {
  const rows = verdict.effects.map((one) =>
    h("tr", {}, h("th", { scope: "row" }, one.name), ["days", "weekends", "holidays", "led"].map((key) => h("td", {}, one.before[key] === one.after[key] ? String(one.after[key]) : `${one.before[key]}→${one.after[key]}`))),
  );
  return h("table", { class: "figures" }, h("thead", {}, h("tr", {}, h("th", {}), ["days", "weekends", "holidays", "led"].map((key) => h("th", { scope: "col" }, t(`roster.share.${key}`))))), h("tbody", {}, rows));
}

function verdictShown(swap) {
  if (swap.closed_text) return h("p", { class: "verdict is-bad" }, swap.closed_text);
  const full = verdicts.get(swap.id);
  if (!full) return h("p", { class: "verdict" }, t("roster.ui.judging"));
  if (!full.verdict) return h("p", { class: "verdict is-bad" }, full.closed_text ?? "");
  const { verdict } = full;
  if (!verdict.lawful) {
    return [
      h("p", { class: "verdict is-bad" }, t("roster.ui.unlawful")),
      h("ul", { class: "remarks" }, verdict.broken.map((words) => h("li", {}, words))),
      full.instead.length ? h("p", { class: "text-secondary" }, t("roster.ui.instead", { ways: full.instead.slice(0, 3).map(exchangeWords).join("；") })) : null,
    ];
  }
  const fair = t(verdict.unfairness > 0 ? "roster.ui.less_fair" : verdict.unfairness < 0 ? "roster.ui.fairer" : "roster.ui.as_fair");
  return [h("p", { class: "verdict is-good" }, `${t("roster.ui.lawful")} · ${fair}`), verdict.notes.length ? h("ul", { class: "remarks" }, verdict.notes.map((words) => h("li", {}, words))) : null, effects(verdict)];
}

function decision(swap) {
  if (!config.can_edit || !swap.open) return null;
  const ready = swap.state === "consented" && verdicts.get(swap.id)?.decidable;
  const words = h("input", { class: "form-control form-control-sm", "aria-label": t("roster.ui.answer"), placeholder: t("roster.ui.answer_hint"), maxlength: 500, value: answers.get(swap.id) ?? "", data: { key: `answer-${swap.id}` }, on: { input: (event) => answers.set(swap.id, event.target.value) } });
  return h(
    "div",
    { class: "decision" },
    words,
    button(t("roster.ui.approve"), () => step(swap, "approve"), { class: "btn btn-sm btn-primary", disabled: state.saving || !ready, title: swap.state === "asked" ? t("swap.state.asked") : "", data: { key: `approve-${swap.id}` } }),
    button(t("roster.ui.refuse"), () => step(swap, "refuse"), { disabled: state.saving, data: { key: `refuse-${swap.id}` } }),
  );
}

function card(swap) {
  const days = t(swap.back ? "roster.ui.swap_both" : "roster.ui.swap_given", { giver: swap.giver_name, taker: swap.taker_name, day: dayWords(swap.day), back: swap.back ? dayWords(swap.back) : "" });
  return h(
    "article",
    { class: `swap swap-${swap.state}`, data: { swap: swap.id } },
    h("h3", {}, days),
    h("p", { class: "swap-state" }, h("span", { class: `state state-${swap.state === "approved" ? "good" : swap.open ? "warn" : "none"}` }, t(`swap.state.${swap.state}`)), h("small", {}, momentWords(swap.changed_at))),
    swap.why ? h("p", {}, t("roster.ui.why", { why: swap.why })) : null,
    swap.answer ? h("p", {}, t("roster.ui.answered", { answer: swap.answer })) : null,
    swap.open ? verdictShown(swap) : null,
    decision(swap),
  );
}

/** Draw the pane of requests. */
export function drawSwaps(pane) {
  const toggle = h("label", { class: "form-check" }, h("input", { type: "checkbox", class: "form-check-input", checked: every, data: { key: "every" }, on: { change: (event) => { every = event.target.checked; loadSwaps(); } } }), t("roster.ui.every_swap"));
  const cards = (swaps ?? []).map(card);
  refill(pane, toggle, ...(cards.length ? cards : [h("p", { class: "text-secondary" }, swaps ? t("roster.ui.no_swaps") : t("roster.ui.looking"))]));
}
