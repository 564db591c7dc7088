// Who answers for which village: assign, look, publish. A small chain of its own beside the day's.

import { api } from "../api.js";
import { toast } from "../app.js";
import { t } from "../texts.js";
import { reloadOwnership } from "./data.js";
import { button, h } from "./dom.js";
import { run } from "./jobs.js";
import { layers, setLayer } from "./maplayers.js";
import { breachPart, ownershipPages } from "./ownershipmore.js";
import { facts, heading, jump, part, sentences } from "./parts.js";
import { config, set, state, watch } from "./store.js";

const opener = document.getElementById("open-ownership");
const SECONDS_DIGITS = 1;

opener?.addEventListener("click", () => {
  const open = state.selection?.kind === "ownership";
  set({ selection: open ? null : { kind: "ownership", id: "" } });
});

/** Villages are coloured by owner as long as owners are looked at, village by village too. */
let fillBefore = null;
watch(["selection"], () => {
  const kind = state.selection?.kind;
  if (kind === "ownership" && fillBefore === null) {
    fillBefore = layers.fill;
    setLayer("fill", "owner", { passing: true });
  } else if (kind !== "ownership" && kind !== "village" && fillBefore !== null) {
    setLayer("fill", fillBefore, { passing: true });
    fillBefore = null;
  }
});

watch(["ownership", "township", "selection"], () => {
  if (!opener) return;
  opener.disabled = !state.ownership;
  opener.setAttribute("aria-expanded", String(state.selection?.kind === "ownership"));
  const level =
    { none: "none", draft: "warn", changed: "warn", published: "good" }[state.ownership?.state] ?? "none";
  const badge = document.getElementById("ownership-state");
  badge.className = `dot dot-${level}`;
  badge.textContent = state.ownership ? t(`desk.ownership_${state.ownership.state}`) : "";
});

async function publish() {
  set({ saving: true });
  try {
    await api("POST", `/ownership/${encodeURIComponent(state.township)}/publish`, {
      version: state.ownership.version,
    });
    await reloadOwnership();
    toast(t("desk.ownership_published_notice"));
  } catch (problem) {
    // Somebody was faster, or the draft has become unlawful: show how it stands now.
    if (problem.status === 409 || problem.status === 422) await reloadOwnership();
    toast(problem.message, "danger");
  } finally {
    set({ saving: false });
  }
}

function smallSteps() {
  const current = state.ownership.state;
  const unpublished = current === "draft" || current === "changed";
  const off = Boolean(state.job || state.saving);
  return h(
    "ol",
    { class: "small-steps plain-list" },
    h(
      "li",
      { class: current === "none" ? "is-next" : "is-done" },
      h("span", {}, t("desk.ownership_step_assign")),
      button(t(current === "none" ? "desk.do_assign" : "desk.again_assign"), () => run("assign"), {
        id: "do-assign",
        class: `btn btn-sm ${current === "none" ? "btn-outline-primary" : "btn-outline-secondary"}`,
        disabled: off,
        data: { key: "do-assign" },
      }),
    ),
    h(
      "li",
      { class: current === "published" ? "is-done" : unpublished ? "is-next" : "" },
      h("span", {}, t("desk.ownership_step_publish")),
      unpublished &&
        button(t("desk.do_publish_ownership"), publish, {
          id: "do-publish-ownership",
          class: "btn btn-sm btn-outline-primary",
          disabled: off,
          data: { key: "do-publish-ownership" },
        }),
    ),
  );
}

function quality(plan) {
  const proven = plan.status === "OPTIMAL" ? t("desk.proven") : t(`desk.status_plan_${plan.status}`);
  const seconds = plan.seconds ? t("desk.in_seconds", { n: plan.seconds.toFixed(SECONDS_DIGITS) }) : "";
  return [proven, seconds].filter(Boolean).join(" · ");
}

function byOfficer(plan) {
  const leads = new Map();
  for (const item of plan.responsibilities.filter((one) => one.role === "lead")) {
    if (!leads.has(item.officer_name)) leads.set(item.officer_name, []);
    leads.get(item.officer_name).push(jump("village", item.village, item.village_name));
  }
  const rows = [...leads].sort(([a], [b]) => a.localeCompare(b, "zh"));
  return h(
    "ul",
    { class: "plain-list owner-list" },
    rows.map(([name, villages]) => h("li", {}, h("strong", {}, name), h("span", {}, villages))),
  );
}

function uncovered(plan) {
  const rows = plan.uncovered.map((item) =>
    h(
      "li",
      {},
      jump("village", item.village, item.village_name),
      h("span", { class: "why" }, item.reason_text),
    ),
  );
  return rows.length ? h("ul", { class: "plain-list short-list" }, rows) : null;
}

/** The view of who answers for which village. */
export function ownershipView() {
  const { ownership } = state;
  if (!ownership) return [heading(t("desk.ownership"), "")];
  const plan = ownership.draft ?? ownership.published;
  const leads = plan?.responsibilities.filter((item) => item.role === "lead") ?? [];
  return [
    heading(t("desk.ownership"), ownership.state_text),
    config.can_edit && smallSteps(),
    ownershipPages(),
    breachPart(),
    !plan && h("p", {}, t("desk.ownership_hint")),
    plan &&
      facts(
        [t("desk.owned_villages"), `${leads.length}/${leads.length + plan.uncovered.length}`],
        [
          t("desk.missing_officers"),
          plan.missing_officers ? t("desk.people", { n: plan.missing_officers }) : null,
        ],
        [t("desk.quality"), quality(plan)],
      ),
    plan && part(t("desk.uncovered"), uncovered(plan)),
    plan && part(t("desk.why"), sentences(plan.why)),
    plan && part(t("desk.by_officer"), byOfficer(plan)),
  ];
}
