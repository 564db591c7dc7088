// Ways to plan a township's ownership: compared by a job, looked at side by side, one adopted as the draft.

import { api, followJob } from "../api.js";
import { button, h, refill } from "../desk/dom.js";
import { language, t } from "../texts.js";
import { coloursOf, minimap, shapesOf } from "./minimap.js";
import { plot } from "./plot.js";
import { differences, pointRows } from "./tables.js";

const config = JSON.parse(document.getElementById("scenarios-config").textContent);
const place = (id) => document.getElementById(id);
const path = `/ownership/${encodeURIComponent(config.township)}/scenarios`;
const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
  timeZone: config.zone,
  dateStyle: "medium",
  timeStyle: "short",
});

/** Stands for the plan in force where a plan is chosen. */
const NOW = "now";
const state = { answer: null, shapes: null, chosen: null, left: NOW, busy: false };

const comparison = () => state.answer?.comparison ?? null;
const pointOf = (id) => comparison()?.points.find((point) => point.id === id) ?? null;
const leadsOf = (id) => (id === NOW ? comparison().leads_now : pointOf(id).leads);
const titleOf = (id) => (id === NOW ? t("ownership.now") : pointOf(id).title);

function say(kind, ...content) {
  const role = kind === "danger" ? "alert" : "status";
  place("notice").replaceChildren(h("div", { class: `alert alert-${kind}`, role, id: `notice-${kind}` }, content));
}

function refused(problem) {
  const listed = (problem.fields?.breaches ?? []).map(({ text }) => h("li", {}, text));
  say("danger", problem.message, listed.length ? h("ul", {}, listed) : null);
}

function choose(id) {
  state.chosen = id;
  draw();
}

function light(code) {
  for (const element of document.querySelectorAll("[data-village].is-lit")) element.classList.remove("is-lit");
  if (code === null) return;
  for (const element of document.querySelectorAll(`[data-village="${CSS.escape(code)}"]`))
    element.classList.add("is-lit");
}

function options(select, chosen, { withNow }) {
  const ids = [...(withNow ? [NOW] : []), ...comparison().points.map((point) => point.id)];
  select.replaceChildren(
    ...ids.map((id) => h("option", { value: id, selected: id === chosen }, titleOf(id))),
  );
  select.value = chosen;
}

function drawMaps() {
  const { left, chosen: right, shapes } = state;
  options(place("left"), left, { withNow: true });
  options(place("right"), right, { withNow: false });
  const plans = [leadsOf(left), leadsOf(right)];
  const changed = new Set(
    shapes.villages.map(({ code }) => code).filter((code) => plans[0][code] !== plans[1][code]),
  );
  const colours = coloursOf(shapes, plans);
  const names = state.answer.officers;
  for (const [side, id, leads] of [
    ["left", left, plans[0]],
    ["right", right, plans[1]],
  ])
    place(`map-${side}`).replaceChildren(minimap(shapes, { leads, changed, colours, names, title: titleOf(id) }));
}

async function adopt(why) {
  state.busy = true;
  draw();
  try {
    const { comparison: current, version } = state.answer;
    const body = { comparison: current.id, point: state.chosen, why, version };
    await api("POST", `${path}/adopt`, body);
    await load();
    const desk = `/desk/?${new URLSearchParams({ township: config.township })}#ownership`;
    say(
      "success",
      t("ownership.adopted_notice", { title: titleOf(state.chosen) }),
      " ",
      h("a", { class: "alert-link", href: desk, id: "to-publish" }, t("ownership.to_publish")),
    );
  } catch (problem) {
    // Somebody was faster: what is shown must be how it stands before anything is tried again.
    if (problem.status === 409) await load().catch(() => {});
    refused(problem);
  } finally {
    state.busy = false;
    draw();
  }
}

function adoptForm() {
  if (!config.can_edit) return [];
  const why = h("input", {
    class: "form-control form-control-sm",
    id: "adopt-why",
    maxlength: 500,
    autocomplete: "off",
    placeholder: t("ownership.adopt_why"),
    "aria-label": t("ownership.adopt_why"),
    data: { key: "adopt-why" },
  });
  why.value = place("adopt-why")?.value ?? "";
  const off = state.busy || comparison().stale;
  const go = button(t("ownership.adopt", { title: titleOf(state.chosen) }), () => adopt(why.value), {
    class: "btn btn-sm btn-primary",
    id: "adopt-point",
    disabled: off,
    data: { key: "adopt-point" },
  });
  return [h("div", { class: "adopt-form" }, why, go)];
}

function draw() {
  const found = comparison();
  place("empty").hidden = found !== null || state.busy;
  place("comparison").hidden = found === null;
  const compare = place("compare");
  if (compare) {
    compare.disabled = state.busy || !state.answer;
    compare.textContent = t(found ? "ownership.compare" : "ownership.compare_first");
  }
  if (!found) return;
  const given = { points: found.points, now: found.now, chosen: state.chosen, choose };
  place("made").textContent = t(found.stale ? "ownership.made_stale" : "ownership.made", {
    at: format.format(new Date(found.created_at)),
    by: found.created_by,
  });
  place("made").classList.toggle("text-danger", found.stale);
  refill(place("plot"), plot(given));
  refill(place("points"), ...pointRows(given));
  drawMaps();
  refill(place("adopt"), ...adoptForm());
  refill(place("differences"), ...differences(pointOf(state.chosen), light));
}

/** What is chosen at first: the most even of the best points that takes no village before its time. */
function usual(points) {
  const best = points.filter((point) => point.best);
  const calm = best.filter((point) => point.figures.early_changes === 0);
  return (calm.at(-1) ?? best.at(-1) ?? points[0]).id;
}

async function load() {
  state.answer = await api("GET", path);
  const found = comparison();
  if (!found) return;
  if (!pointOf(state.chosen)) state.chosen = usual(found.points);
  if (state.left !== NOW && !pointOf(state.left)) state.left = NOW;
}

function progress(job) {
  const bar = h("progress", { max: 1, "aria-label": t("ownership.comparing") });
  bar.value = job.fraction;
  place("progress").replaceChildren(bar, h("span", {}, t("ownership.comparing")));
}

async function compare() {
  state.busy = true;
  place("notice").replaceChildren();
  place("progress").hidden = false;
  draw();
  try {
    const asked = await api("POST", "/jobs", { kind: "scenarios", township: config.township });
    progress(asked);
    const job = await followJob(asked.id, progress);
    if (job.state === "done") {
      state.chosen = null;
      await load();
    } else {
      say("danger", job.error_text ?? t("error.http_500"));
    }
  } catch (problem) {
    refused(problem);
  } finally {
    place("progress").hidden = true;
    state.busy = false;
    draw();
  }
}

place("compare")?.addEventListener("click", compare);
place("left").addEventListener("change", (event) => {
  state.left = event.target.value;
  draw();
});
place("right").addEventListener("change", (event) => choose(event.target.value));

async function start() {
  try {
    const query = new URLSearchParams({ township: config.township });
    const [villages] = await Promise.all([api("GET", `/map/villages.geojson?${query}`), load()]);
    state.shapes = shapesOf(villages.features);
    draw();
  } catch (problem) {
    refused(problem);
  }
}

start();
