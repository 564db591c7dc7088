// Calls to /api/v1. The server answers errors with words in the user's language; they are shown as they are.

import { t } from "./texts.js";

/** An answer that is no success: status, code ("conflict", "invalid", ...), message, problems. */
export class ApiError extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.problems = error.problems ?? [];
    this.fields = error.fields ?? null;
  }
}

async function readError(response) {
  try {
    return (await response.json()).error;
  } catch {
    return { code: "error", message: t("error.http_500") };
  }
}

/**
 * Call the API and give back the parsed answer, null where there is none.
 * Without a login the browser is sent to the login page.
 */
export async function api(method, path, body = undefined, { signal } = {}) {
  const options = { method, headers: { Accept: "application/json" }, credentials: "same-origin", signal };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(`/api/v1${path}`, options);
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    throw new ApiError(0, { code: "offline", message: t("web.offline") });
  }
  if (response.status === 401) {
    const here = location.pathname + location.search;
    location.assign(`/login?next=${encodeURIComponent(here)}`);
  }
  if (!response.ok) throw new ApiError(response.status, await readError(response));
  return response.status === 204 ? null : response.json();
}

/** Ask for a job every half second until it is over; `onProgress` gets each answer. */
export async function followJob(id, onProgress = () => {}) {
  for (;;) {
    const job = await api("GET", `/jobs/${encodeURIComponent(id)}`);
    onProgress(job);
    if (["done", "failed", "cancelled"].includes(job.state)) return job;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
