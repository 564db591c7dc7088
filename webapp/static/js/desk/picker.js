// Township and day: changed in place, without loading another page. The address says what is shown.

import { loadAll } from "./data.js";
import { shiftDay } from "./format.js";
import { set, state } from "./store.js";

const township = document.getElementById("township");
const day = document.getElementById("day");

function address() {
  const parts = new URLSearchParams({ date: state.date });
  if (township) parts.set("township", state.township);
  return `${location.pathname}?${parts}`;
}

/** Show another township or day. */
export function go(to) {
  set(to);
  if (township) township.value = state.township;
  day.value = state.date;
  history.pushState({ township: state.township, date: state.date }, "", address());
  loadAll();
}

township?.addEventListener("change", () => go({ township: township.value }));
day.addEventListener("change", () => {
  if (day.value) go({ date: day.value });
});
document.getElementById("day-before").addEventListener("click", () => go({ date: shiftDay(state.date, -1) }));
document.getElementById("day-after").addEventListener("click", () => go({ date: shiftDay(state.date, 1) }));

history.replaceState({ township: state.township, date: state.date }, "");
addEventListener("popstate", (event) => {
  if (!event.state) return;
  set(event.state);
  if (township) township.value = state.township;
  day.value = state.date;
  loadAll();
});
