// Dragging stops between squads, on the board and on the timeline. What is dropped is looked at, not kept yet.
// Elements with data-drag-stop can be taken; data-drop-squad and data-drop-out take them.

import { propose } from "./edits.js";
import { editable, findStop, shownPlan } from "./store.js";

const TYPE = "text/x-gridmgr-stop";
let dragged = null;
let marked = null;

function unmark() {
  marked?.classList.remove("drop-before", "drop-after", "drop-here");
  marked = null;
}

function highlight(element, name) {
  unmark();
  element.classList.add(name);
  marked = element;
}

/** Place among the squad's other stops, from the stop under the pointer. */
function onBoard(squad, over, event) {
  const box = over.getBoundingClientRect();
  const after = event.clientY > box.top + box.height / 2;
  highlight(over, after ? "drop-after" : "drop-before");
  const others = squad.visits.filter((visit) => visit.stop.id !== dragged);
  const at = others.findIndex((visit) => visit.stop.id === over.dataset.stop);
  return at < 0 ? null : at + (after ? 1 : 0);
}

/** Place among the squad's other stops, from the time under the pointer. */
function onTimeline(squad, row, event) {
  highlight(row, "drop-here");
  const x = event.clientX;
  const before = [...row.querySelectorAll("[data-stop]")].filter((block) => {
    const box = block.getBoundingClientRect();
    return block.dataset.stop !== dragged && box.left + box.width / 2 < x;
  });
  return before.length;
}

/** The change a drop here would be, or null. */
function changeAt(event) {
  const out = event.target.closest?.("[data-drop-out]");
  if (out && findStop(dragged)?.squad) {
    highlight(out, "drop-here");
    return { action: "remove", stop_id: dragged };
  }
  const target = event.target.closest?.("[data-drop-squad]");
  if (!target) return null;
  const squad = shownPlan()?.squads.find((item) => item.id === target.dataset.dropSquad);
  if (!squad) return null;
  const change = { action: "move", stop_id: dragged, squad_id: squad.id };
  const row = event.target.closest(".time-track");
  if (row) return { ...change, position: onTimeline(squad, row, event) };
  const over = event.target.closest("li[data-stop]");
  if (over && over.dataset.stop !== dragged) {
    const position = onBoard(squad, over, event);
    return position === null ? change : { ...change, position };
  }
  if (over) return null;
  highlight(target, "drop-here");
  return change;
}

document.addEventListener("dragstart", (event) => {
  const source = event.target.closest?.("[data-drag-stop]");
  if (!source) return;
  if (!editable() || findStop(source.dataset.dragStop)?.visit?.done) {
    event.preventDefault();
    return;
  }
  dragged = source.dataset.dragStop;
  event.dataTransfer.setData(TYPE, dragged);
  event.dataTransfer.effectAllowed = "move";
  document.body.classList.add("is-dragging");
});

document.addEventListener("dragover", (event) => {
  if (!dragged) return;
  if (changeAt(event)) {
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  } else {
    unmark();
  }
});

document.addEventListener("drop", (event) => {
  if (!dragged) return;
  const change = changeAt(event);
  end();
  if (!change) return;
  event.preventDefault();
  propose(change);
});

function end() {
  dragged = null;
  unmark();
  document.body.classList.remove("is-dragging");
}

document.addEventListener("dragend", end);
