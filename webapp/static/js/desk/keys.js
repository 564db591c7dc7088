// Keys that work anywhere on the desk: Ctrl+Z undoes, Enter keeps a looked-at change, Escape steps back.

import { cancelPreview, keepPreview, undo } from "./edits.js";
import { select } from "./links.js";
import { set, state } from "./store.js";

const WRITING = "input:not([type=checkbox]), textarea, select, [contenteditable]";

function stepBack() {
  if (state.preview) cancelPreview();
  else if (state.adding) set({ adding: false });
  else select(null);
}

document.addEventListener("keydown", (event) => {
  const writing = event.target.closest(WRITING);
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
    stepBack();
  } else if (
    event.key === "Enter" &&
    state.preview &&
    !event.target.closest(".topbar, dialog, .preview") &&
    !writing
  ) {
    event.preventDefault();
    keepPreview();
  } else if (
    (event.ctrlKey || event.metaKey) &&
    !event.shiftKey &&
    event.key.toLowerCase() === "z" &&
    !writing
  ) {
    event.preventDefault();
    undo();
  } else if (event.key === "Enter" && event.target.matches("[role=button][data-select]")) {
    event.target.click();
  }
});
