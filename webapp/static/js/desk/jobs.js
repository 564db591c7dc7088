// Long work: started, watched while it runs, stopped with the best so far kept.

import { api } from "../api.js";
import { toast } from "../app.js";
import { t } from "../texts.js";
import { reloadDay, reloadOwnership } from "./data.js";
import { config, set, state } from "./store.js";

const POLL_MS = 400;
const OVER = new Set(["done", "failed", "cancelled"]);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Start a job for the township and day shown and follow it to its end. */
export async function run(kind) {
  if (!config.can_edit || state.job || state.saving) return;
  const { township, date } = state;
  const version = kind === "assign" ? (state.ownership?.version ?? 0) : state.day.version;
  const job = await watched(kind, () => api("POST", "/jobs", { kind, township, date, version }));
  if (!job) return;
  try {
    await finished(job, { township, date });
  } catch (problem) {
    refuse(problem);
  }
}

/** Start long work by a request and follow it: the job as it ended, null where it could not be asked for. */
export async function watched(kind, start) {
  set({
    job: { kind, state: "queued", fraction: 0, best: null },
    preview: null,
    adding: false,
    view: "draft",
  });
  try {
    let job = await start();
    while (!OVER.has(job.state)) {
      set({ job: { ...job, stopping: state.job.stopping } });
      await pause(POLL_MS);
      job = await follow(job);
    }
    set({ job: null });
    return job;
  } catch (problem) {
    set({ job: null });
    refuse(problem);
    return null;
  }
}

/** Ask once more; a moment without network must not end the watch. */
async function follow(job) {
  try {
    return await api("GET", `/jobs/${encodeURIComponent(job.id)}`);
  } catch (problem) {
    if (problem.status === 0) return { ...job, offline: true };
    throw problem;
  }
}

/** Say why something was refused; a conflict is shown until it is dealt with. */
export function refuse(problem) {
  if (problem.status === 409) set({ conflict: { message: problem.message, edit: null } });
  else toast([problem.message, ...problem.problems.map((row) => row.reason)].join(" "), "danger");
}

async function finished(job, { township, date }) {
  if (township !== state.township || (date !== state.date && job.kind !== "assign")) return;
  if (job.state === "failed") {
    toast(job.error_text ?? t("error.http_500"), "danger");
  } else if (job.state === "cancelled") {
    toast(t("desk.job_cancelled"), "warning");
  }
  if (job.kind === "assign") await reloadOwnership();
  else await reloadDay();
  if (job.state === "done") toast(t(`desk.done_${job.kind}`));
}

/** Stop the running job; what it found so far is kept. */
export async function stopAndKeep() {
  const { job } = state;
  if (!job?.id || job.stopping) return;
  set({ job: { ...job, stopping: true } });
  try {
    await api("POST", `/jobs/${encodeURIComponent(job.id)}/cancel`);
  } catch (problem) {
    toast(problem.message, "danger");
  }
}
