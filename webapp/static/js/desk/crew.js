// Changing squads by hand: a menu on each member and each officer in reserve, and a squad's choice of vehicle.

import { t } from "../texts.js";
import { h, icon } from "./dom.js";
import { cancelPreview, propose } from "./edits.js";
import { menuItem, menuLine, showMenu } from "./menu.js";
import { editable, personName, squadStyle, state } from "./store.js";

// What a looked-at change gives is not kept yet: the next change starts from the draft, too.
const draftSquads = () => state.day.draft.squads;

function joins(id, own) {
  return draftSquads()
    .filter((squad) => squad.id !== own?.id)
    .map((squad) =>
      menuItem(
        t(own ? "desk.move_to" : "desk.join_squad", { squad: squad.number }),
        () => propose({ action: "move_member", officer_id: id, squad_id: squad.id }),
        h("span", { class: "squad-dot", style: { "--squad": squadStyle(squad.number).colour } }),
      ),
    );
}

function items(id) {
  const own = draftSquads().find((squad) => squad.members.includes(id));
  const moves = joins(id, own);
  if (!own) return moves;
  moves.push(
    menuItem(t("desk.to_reserve"), () => propose({ action: "move_member", officer_id: id, squad_id: null })),
  );
  if (own.leader === id) return moves;
  const lead = () => propose({ action: "set_leader", officer_id: id, squad_id: own.id });
  return [...moves, menuLine(), menuItem(t("desk.make_leader"), lead)];
}

/** The button that opens the menu of an officer; with words it shows them, else three dots. */
export function officerMenu(id, words = null) {
  const label = t("desk.officer_menu", { name: personName(id) });
  return h(
    "button",
    {
      type: "button",
      class: words ? "officer-name" : "icon-button officer-menu",
      title: label,
      "aria-label": label,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      data: { key: `officer-${id}`, crew: id },
      on: {
        click: (event) => editable() && showMenu(event.currentTarget, personName(id), () => items(id)),
      },
    },
    words,
    icon("more", words ? 12 : 14),
  );
}

function vehicleWords({ id, seats }, squad) {
  const words = t("desk.vehicle_seats", { id, n: seats });
  const holder = draftSquads().find((other) => other.vehicle === id && other.id !== squad.id);
  return holder ? t("desk.vehicle_of", { vehicle: words, squad: holder.number }) : words;
}

/** The choice of a squad's vehicle. A vehicle another squad has is exchanged. */
export function vehicleChoice(squad) {
  const { vehicles } = state.day;
  const option = (value, words) => h("option", { value, selected: value === (squad.vehicle ?? "") }, words);
  const gone = squad.vehicle && !vehicles.some((vehicle) => vehicle.id === squad.vehicle);
  const choose = (event) => {
    const vehicle = event.currentTarget.value || null;
    const kept = draftSquads().find((item) => item.id === squad.id);
    if (vehicle === (kept?.vehicle ?? null)) cancelPreview();
    else propose({ action: "set_vehicle", squad_id: squad.id, vehicle });
  };
  return h(
    "select",
    {
      class: "form-select form-select-sm vehicle-choice",
      "aria-label": t("desk.vehicle"),
      disabled: !editable(),
      data: { key: "vehicle" },
      on: { change: choose },
    },
    option("", t("desk.no_vehicle")),
    gone && option(squad.vehicle, squad.vehicle),
    vehicles.map((vehicle) => option(vehicle.id, vehicleWords(vehicle, squad))),
  );
}
