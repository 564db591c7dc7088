// Pieces the detail pane's views share.

import { t } from "../texts.js";
import { h, icon } from "./dom.js";
import { select } from "./links.js";

/** Heading of a view, with a way back to the day's summary. */
export function heading(title, sub, ...tags) {
  const close = t("desk.close_detail");
  return h(
    "header",
    { class: "detail-head" },
    h("div", { class: "detail-title" }, h("h2", {}, title), h("p", {}, sub, " ", tags)),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        title: close,
        "aria-label": close,
        data: { key: "close-detail" },
        on: { click: () => select(null) },
      },
      icon("close"),
    ),
  );
}

/** Rows of name and value; empty ones are left out. */
export function facts(...rows) {
  const shown = rows.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h(
    "dl",
    { class: "detail-facts" },
    shown.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
  );
}

/** A titled part; nothing without content. */
export function part(title, ...children) {
  const content = children.flat(2).filter(Boolean);
  return content.length ? h("section", { class: "detail-part" }, h("h3", {}, title), content) : null;
}

/** Sentences as a list; nothing for none. */
export function sentences(items) {
  const said = (items ?? []).filter(Boolean);
  return said.length
    ? h(
        "ul",
        { class: "sentences" },
        said.map((words) => h("li", {}, words)),
      )
    : null;
}

/** A link-like button that selects something else. */
export function jump(kind, id, words) {
  return h(
    "button",
    {
      type: "button",
      class: "jump",
      data: {
        select: `${kind}|${id}`,
        [kind === "squad" ? "squad" : kind === "village" ? "village" : "stop"]: id,
        key: `jump-${kind}-${id}`,
      },
    },
    words,
  );
}

/** The round badge with a squad's number. */
export function squadBadge(number, colour) {
  return h("span", { class: "squad-badge", style: { "--squad": colour } }, String(number));
}
