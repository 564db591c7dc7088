// The planner's desk: the views register themselves with the store; then the data is loaded.

import "./toolbar.js";
import "./stepper.js";
import "./attendance.js";
import "./board.js";
import "./caselist.js";
import "./timeline.js";
import "./mapvillages.js";
import "./maproutes.js";
import "./mappoints.js";
import "./mapincidents.js";
import "./spread.js";
import "./legend.js";
import "./preview.js";
import "./progress.js";
import "./notices.js";
import "./detail.js";
import "./addstop.js";
import "./replan.js";
import "./drag.js";
import "./keys.js";
import "./links.js";
import { loadAll } from "./data.js";
import { select } from "./links.js";
import { state } from "./store.js";

/** Another page may ask for one incident. */
const asked = new URLSearchParams(window.location.search).get("incident");

await loadAll();
// Whoever has chosen something meanwhile keeps it.
if (asked && !state.selection) select("incident", asked);
