// The buttons beside the steps: undo, print or share.

import { undo } from "./edits.js";
import { editable, state, watch } from "./store.js";

const undoButton = document.getElementById("undo");
const print = document.getElementById("print");
const ACTIONS_OF_DAY = ["undo", "open-compare", "open-ownership", "add-stop", "open-replan", "print"];

undoButton?.addEventListener("click", undo);

function draw() {
  if (undoButton) undoButton.disabled = !editable() || !state.day?.can_undo;
  if (print) {
    const parts = new URLSearchParams({ date: state.date, township: state.township });
    print.href = `${print.dataset.base}?${parts}`;
  }
  for (const id of ACTIONS_OF_DAY) {
    const element = document.getElementById(id);
    if (element) element.hidden = state.township === "";
  }
}

watch(["day", "job", "saving", "view", "township", "preview", "conflict", "date"], draw);
draw();
