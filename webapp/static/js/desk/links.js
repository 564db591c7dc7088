// The same stop, squad or village lights up on board, timeline and map alike, and a click on any of them selects.
// Elements say what they are by data-stop, data-squad or data-village; data-select makes a click select it.

import { set, state, watch } from "./store.js";

const KINDS = ["stop", "squad", "village"];
const listeners = [];
let hovered = null;

function what(element) {
  for (const kind of KINDS) {
    const found = element.closest?.(`[data-${kind}]`);
    if (found) return { kind, id: found.dataset[kind] };
  }
  return null;
}

function elements({ kind, id }) {
  return document.querySelectorAll(`[data-${kind}="${CSS.escape(id)}"]`);
}

const same = (a, b) => a?.kind === b?.kind && a?.id === b?.id;

/** Light something up, or nothing. */
export function hover(thing) {
  if (same(thing, hovered)) return;
  if (hovered) for (const element of elements(hovered)) element.classList.remove("is-hover");
  hovered = thing;
  if (thing) for (const element of elements(thing)) element.classList.add("is-hover");
  for (const listener of listeners) listener(thing);
}

/** Be told what is under the pointer; for what is drawn on a canvas. */
export function onHover(listener) {
  listeners.push(listener);
}

/** Select something; the detail pane shows it. */
export function select(kind, id) {
  set({ selection: kind ? { kind, id } : null });
}

function markSelected() {
  for (const element of document.querySelectorAll(".is-selected")) {
    element.classList.remove("is-selected");
    element.removeAttribute("aria-pressed");
  }
  const { selection } = state;
  if (!selection || !KINDS.includes(selection.kind)) return;
  for (const element of elements(selection)) element.classList.add("is-selected");
}

document.addEventListener("pointerover", (event) => hover(what(event.target)));
document.addEventListener("focusin", (event) => hover(what(event.target)));
document.addEventListener("click", (event) => {
  const found = event.target.closest?.("[data-select]");
  if (!found) return;
  const [kind, ...id] = found.dataset.select.split("|");
  select(kind, id.join("|"));
});

// After the views have drawn themselves: they watch the same keys and were loaded before.
watch(["selection", "day", "preview", "view", "routes", "villages"], () => setTimeout(markSelected));
