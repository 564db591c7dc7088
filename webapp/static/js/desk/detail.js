// The pane on the right: what is selected; the day's summary when nothing is.

import { compareView } from "./compare.js";
import { refill } from "./dom.js";
import { countySummary } from "./county.js";
import { ownershipView } from "./ownership.js";
import { replanView } from "./replan.js";
import { squadView, summaryView } from "./squad.js";
import { incidentView, placeView, stopView } from "./stop.js";
import { state, watch } from "./store.js";
import { villageView } from "./village.js";

const place = document.getElementById("detail");
const VIEWS = {
  stop: stopView,
  incident: incidentView,
  place: placeView,
  village: villageView,
  squad: squadView,
  ownership: ownershipView,
  compare: compareView,
  replan: replanView,
};
let shown = "";

function draw() {
  const { selection } = state;
  const view = selection
    ? VIEWS[selection.kind](selection.id)
    : state.township
      ? summaryView()
      : countySummary();
  const looked = selection?.kind === "replan" && state.preview ? "|looked at" : "";
  const key = selection ? `${selection.kind}|${selection.id}${looked}` : "";
  if (key !== shown) place.scrollTop = 0;
  shown = key;
  refill(place, ...view);
}

watch(
  [
    "selection",
    "day",
    "preview",
    "view",
    "findings",
    "ownership",
    "difference",
    "incidents",
    "matters",
    "places",
    "villages",
    "county",
    "styles",
    "job",
    "saving",
    "adding",
    "closures",
    "chosen",
    "relief",
    "township",
  ],
  () => state.styles && draw(),
);
