// The buttons beside the steps: undo, the week, print or share.

import { undo } from "./edits.js";
import { editable, state, watch } from "./store.js";

const undoButton = document.getElementById("undo");
const DATED_LINKS = ["print", "open-week", "open-roster"];
const ACTIONS_OF_DAY = ["undo", "open-compare", "open-ownership", "add-stop", "open-replan", ...DATED_LINKS];

undoButton?.addEventListener("click", undo);

function draw() {
  if (undoButton) undoButton.disabled = !editable() || !state.day?.can_undo;
  const parts = new URLSearchParams({ date: state.date, township: state.township });
  for (const id of DATED_LINKS) {
    const link = document.getElementById(id);
    if (link) link.href = `${link.dataset.base}?${parts}`;
  }
  for (const id of ACTIONS_OF_DAY) {
    const element = document.getElementById(id);
    if (element) element.hidden = state.township === "";
  }
}

watch(["day", "job", "saving", "view", "township", "preview", "conflict", "date"], draw);
draw();
