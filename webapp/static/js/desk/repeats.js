// Reports that may tell of the same matter: what speaks for it, merging by a person, taking it back.

import { api } from "../api.js";
import { t } from "../texts.js";
import { button, h } from "./dom.js";

const SMALL = "form-control form-control-sm";
const path = (id, what) => `/incidents/${encodeURIComponent(id)}/${what}`;

function photos(item) {
  if (!item.photos.length) return null;
  const small = (url) => h("a", { href: url, target: "_blank", rel: "noopener" }, h("img", { src: url, alt: "", loading: "lazy" }));
  return h("div", { class: "repeat-photos" }, item.photos.map(small));
}

function head(item, when) {
  return [
    h("strong", {}, item.category || item.incident_id),
    h("span", { class: "why" }, [when(item.reported_at), item.source_text, item.state_text, item.case_id].filter(Boolean).join(" · ")),
    item.description && h("p", {}, item.description),
    photos(item),
  ];
}

/** Ask once more, with room for words; the answer is the server's or its refusal, shown where it was asked. */
function sure(place, words, label, send) {
  const note = h("input", { class: SMALL, maxlength: 500, placeholder: t("routing.note"), "aria-label": t("routing.note") });
  const problem = h("p", { class: "why-left", role: "alert", hidden: true });
  const go = h("button", { type: "submit", class: "btn btn-sm btn-primary", data: { key: "repeat-sure" } }, label);
  const form = h("form", { class: "repeat-ask" }, words && h("p", {}, words), note, problem, h("div", { class: "detail-actions" }, go, button(t("web.cancel"), () => form.remove())));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    try {
      await send(note.value.trim());
    } catch (refused) {
      problem.textContent = refused.message;
      problem.hidden = false;
      go.disabled = false;
    }
  });
  place.querySelector(".repeat-ask")?.remove();
  place.append(form);
  note.focus();
}

function suggestion(item, given) {
  const row = h(
    "li",
    { data: { repeat: item.incident_id } },
    h("span", { class: "tag tag-warn repeat-score" }, t("routing.score", { score: item.score })),
    head(item, given.when),
    h("span", { class: "why" }, item.reasons.join("；")),
  );
  const merge = (note) => given.send("merge", { into: item.incident_id, note });
  if (given.canEdit && item.can_merge)
    row.append(button(t("routing.merge"), () => sure(row, t("routing.merge_sure"), t("routing.merge"), merge), { data: { key: `merge-${item.incident_id}` } }));
  if (!item.can_merge) row.append(h("span", { class: "why" }, t("routing.merge_old")));
  return row;
}

function draw(box, found, given) {
  const rows = (items) => h("ul", { class: "plain-list repeat-list" }, items);
  const title = (words) => h("h3", {}, words);
  if (found.merged_into) {
    const row = h("p", { class: "repeat-into", data: { repeat: "into" } }, t("routing.merged_into", { id: found.merged_into }), " ");
    const undo = (note) => given.send("unmerge", { note });
    if (given.canEdit) row.append(button(t("routing.unmerge"), () => sure(box, null, t("routing.unmerge"), undo), { data: { key: "unmerge" } }));
    box.replaceChildren(row);
    return;
  }
  const merged = found.merged.length > 0 && [
    title(t("routing.merged_here", { n: found.merged.length })),
    rows(found.merged.map((item) => h("li", { data: { merged: item.incident_id } }, head(item, given.when)))),
  ];
  const others = found.suggestions.length > 0 && [title(t("routing.repeats")), rows(found.suggestions.map((item) => suggestion(item, given)))];
  const nothing = !merged && !others && given.sayNone && h("p", { class: "why" }, t("routing.repeats_none"));
  box.replaceChildren(...[merged, others, nothing].flat().filter(Boolean));
}

/**
 * The box of an incident's repeats, filled in as soon as they are known.
 * `when` puts a time into words, `changed` is called after a merging or taking back, `found` with what was found.
 */
export function repeatsBox(id, { canEdit, when, changed, found = () => {}, sayNone = false }) {
  const box = h("div", { class: "repeats" });
  const show = (answer) => {
    draw(box, answer, { canEdit, when, sayNone, send });
    found(answer);
  };
  async function send(what, body) {
    show(await api("POST", path(id, what), body));
    await changed();
  }
  api("GET", path(id, "duplicates")).then(show, (problem) => box.replaceChildren(h("p", { class: "why" }, problem.message)));
  return box;
}
