// A new stop put on the map: choose "add", click, give it a name and minutes; then the cost is looked at.

import { map } from "./basemap.js";
import { propose } from "./edits.js";
import { editable, set, shownPlan, state, watch } from "./store.js";
import { t } from "../texts.js";
import { h } from "./dom.js";

const opener = document.getElementById("add-stop");
const dialog = document.getElementById("add-dialog");
const form = dialog.querySelector("form");
let at = null;

opener?.addEventListener("click", () => set({ adding: state.adding !== true }));

watch(["adding", "day", "job", "saving", "view", "conflict"], () => {
  if (!opener) return;
  const possible = editable() && state.day?.draft?.stage === "routes";
  opener.disabled = !possible;
  opener.setAttribute("aria-pressed", String(state.adding === true));
  map.getContainer().classList.toggle("is-adding", Boolean(state.adding));
});

map.on("click", (event) => {
  if (state.adding !== true || !editable()) return;
  at = event.latlng;
  const choice = form.elements.squad;
  const squads = shownPlan().squads.map((squad) =>
    h("option", { value: squad.id }, t("desk.squad", { n: squad.number })),
  );
  choice.replaceChildren(...squads, h("option", { value: "" }, t("desk.leave_unassigned")));
  form.reset();
  dialog.showModal();
  form.elements.name.focus();
});

form.addEventListener("submit", () => {
  propose({
    action: "add",
    squad_id: form.elements.squad.value || null,
    added: {
      name: form.elements.name.value.trim(),
      lon: Number(at.lng.toFixed(6)),
      lat: Number(at.lat.toFixed(6)),
      minutes: Number(form.elements.minutes.value),
    },
  });
});

dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
