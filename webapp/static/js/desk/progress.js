// What runs in the background: how far it is, the best so far, and stopping it.

import { t } from "../texts.js";
import { h, refill } from "./dom.js";
import { stopAndKeep } from "./jobs.js";
import { state, watch } from "./store.js";

const bar = document.getElementById("job");

function words(job) {
  if (job.offline) return t("web.offline");
  if (job.stopping) return t("desk.job_stopping");
  if (job.state === "queued") return t("desk.job_waiting");
  return job.best === null || job.best === undefined
    ? ""
    : t("desk.job_best", { best: Math.round(job.best) });
}

function draw() {
  const { job } = state;
  bar.hidden = !job;
  if (!job) {
    refill(bar);
    return;
  }
  const percent = Math.round((job.fraction ?? 0) * 100);
  refill(
    bar,
    h("span", { class: "job-name" }, t(`desk.job_${job.kind}`)),
    h(
      "div",
      {
        class: "job-track",
        role: "progressbar",
        "aria-valuemin": 0,
        "aria-valuemax": 100,
        "aria-valuenow": percent,
        "aria-label": t(`desk.job_${job.kind}`),
      },
      h("div", { class: "job-fill", style: { width: `${Math.max(3, percent)}%` } }),
    ),
    h("span", { class: "job-best", "aria-live": "polite" }, words(job)),
    h(
      "button",
      {
        type: "button",
        class: "btn btn-sm btn-outline-secondary",
        id: "stop-job",
        disabled: !job.id || Boolean(job.stopping),
        data: { key: "stop-job" },
        on: { click: stopAndKeep },
      },
      t("desk.stop_and_keep"),
    ),
  );
}

watch(["job"], draw);
