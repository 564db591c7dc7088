// The page of joint matters: what several bodies are at, to be decided first.

import { api } from "./api.js";
import { h } from "./desk/dom.js";
import { jointCard } from "./desk/jointcard.js";
import { language, t } from "./texts.js";

const config = JSON.parse(document.getElementById("joint-config").textContent);
const place = document.getElementById("matters");
const format = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { timeZone: config.zone, dateStyle: "medium", timeStyle: "short" });
const when = (iso) => format.format(new Date(iso));

/** A department opens its own page of the case, the others the desk's. */
function addressOf(item, one) {
  if (config.case_pages) return config.case_pages.replace("CASE", encodeURIComponent(one.id));
  return `${config.desk}?${new URLSearchParams({ township: item.township_code, incident: one.incident_id })}`;
}

async function load() {
  const query = new URLSearchParams(config.township ? { township: config.township } : {});
  try {
    const { matters } = await api("GET", `/joint?${query}`);
    const waiting = (item) => Number(item.state !== "suggested");
    const ordered = matters.sort((a, b) => waiting(a) - waiting(b));
    const cards = ordered.map((item) => jointCard(item, { canDecide: config.can_decide, when, changed: load, withTownship: !config.township, addressOf: (one) => addressOf(item, one) }));
    place.replaceChildren(...(cards.length ? cards : [h("p", { class: "why" }, t("routing.joint_none"))]));
  } catch (problem) {
    place.replaceChildren(h("p", { class: "alert alert-danger", role: "alert" }, problem.message));
  }
}

load();
