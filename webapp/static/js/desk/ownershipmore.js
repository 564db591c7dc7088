// What keeps an ownership draft from being published, and the ways to the pages around ownership.

import { t } from "../texts.js";
import { h } from "./dom.js";
import { jump, part } from "./parts.js";
import { set, state, watch } from "./store.js";

const PAGES = [
  ["scenarios", "ownership.scenarios"],
  ["recusals", "ownership.to_recusals"],
  ["borders", "ownership.to_borders"],
];

/** Address of the desk with ownership open, as other pages link to it. */
const HASH = "#ownership";
let asked = location.hash === HASH;
watch(["ownership"], () => {
  if (!asked || !state.ownership) return;
  asked = false;
  set({ selection: { kind: "ownership", id: "" } });
});

function breach({ village, text }) {
  const known = village && state.villages?.features.some(({ properties }) => properties.code === village);
  return h("li", {}, known ? jump("village", village, text) : text);
}

/** Why the draft cannot be published today; nothing where it can. */
export function breachPart() {
  const found = state.ownership?.breaches ?? [];
  if (!found.length) return null;
  const list = h("ul", { class: "plain-list breach-list", id: "ownership-breaches" }, found.map(breach));
  return part(t("ownership.breaches"), list);
}

/** Links to the pages around ownership, for the township shown. */
export function ownershipPages() {
  const query = new URLSearchParams({ township: state.township });
  const links = PAGES.map(([page, words]) =>
    h("a", { class: "btn btn-sm btn-outline-secondary", href: `/desk/${page}/?${query}` }, t(words)),
  );
  return h("p", { class: "ownership-pages" }, links);
}
