// Small menus, and the one on each stop: the keyboard's way of dragging. Arrow keys move, Escape closes.

import { t } from "../texts.js";
import { h } from "./dom.js";
import { apply, propose } from "./edits.js";
import { editable, findStop, shownPlan, squadStyle } from "./store.js";

let open = null;

function close({ giveBackFocus = true } = {}) {
  if (!open) return;
  const { box, opener } = open;
  open = null;
  box.remove();
  opener.setAttribute("aria-expanded", "false");
  if (giveBackFocus && opener.isConnected) opener.focus();
}

/** A line of a menu that does something; the menu closes first. */
export function menuItem(words, action, before = null) {
  const choose = () => {
    close();
    action();
  };
  return h(
    "button",
    { type: "button", role: "menuitem", class: "menu-item", tabindex: "-1", on: { click: choose } },
    before,
    words,
  );
}

function moves(found) {
  const id = found.stop.id;
  return shownPlan()
    .squads.filter((squad) => squad.id !== found.squad?.id)
    .map((squad) => {
      const dot = h("span", { class: "squad-dot", style: { "--squad": squadStyle(squad.number).colour } });
      return menuItem(
        t("desk.move_to", { squad: squad.number }),
        () => propose({ action: "move", stop_id: id, squad_id: squad.id }),
        dot,
      );
    });
}

function order(found) {
  const { stop, squad, position } = found;
  if (!squad) return [];
  const to = (place) => propose({ action: "move", stop_id: stop.id, squad_id: squad.id, position: place });
  return [
    position > 0 && menuItem(t("desk.earlier"), () => to(position - 1)),
    position < squad.visits.length - 1 && menuItem(t("desk.later"), () => to(position + 1)),
  ].filter(Boolean);
}

function rest(found) {
  const id = found.stop.id;
  if (found.left) {
    return [
      found.left.forbidden
        ? menuItem(t("desk.allow"), () => propose({ action: "allow", stop_id: id }))
        : menuItem(t("desk.forbid"), () => propose({ action: "forbid", stop_id: id })),
    ];
  }
  return [
    menuItem(t(found.visit.pinned ? "desk.unpin" : "desk.pin"), () =>
      apply({ action: found.visit.pinned ? "unpin" : "pin", stop_id: id }),
    ),
    menuItem(t("desk.take_out"), () => propose({ action: "remove", stop_id: id })),
    menuItem(t("desk.forbid"), () => propose({ action: "forbid", stop_id: id })),
  ];
}

/** A line between two groups of a menu. */
export const menuLine = () => h("div", { class: "menu-line", role: "separator" });

/** Everything that can be done with a stop, as menu items. */
function items(stopId) {
  const found = findStop(stopId);
  if (!found || found.visit?.done) return [h("p", { class: "menu-note" }, t("desk.stop_done"))];
  const groups = [moves(found), order(found), rest(found)].filter((group) => group.length);
  return groups.flatMap((group, index) => (index ? [menuLine(), ...group] : group));
}

function position(box, opener) {
  const at = opener.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const top =
    at.bottom + size.height + 4 > innerHeight ? Math.max(4, at.top - size.height - 2) : at.bottom + 2;
  box.style.setProperty("top", `${top}px`);
  box.style.setProperty(
    "left",
    `${Math.max(4, Math.min(at.right - size.width, innerWidth - size.width - 4))}px`,
  );
}

/** Open a menu below the element that was pressed; `items` makes its content. */
export function showMenu(opener, label, items) {
  const again = open?.opener === opener;
  close({ giveBackFocus: false });
  if (again) return;
  const box = h("div", { class: "menu", role: "menu", "aria-label": label }, items());
  box.addEventListener("keydown", onKey);
  document.body.append(box);
  opener.setAttribute("aria-expanded", "true");
  open = { box, opener };
  position(box, opener);
  box.querySelector(".menu-item")?.focus();
}

/** Open the menu of a stop below the element that was pressed. */
export function openMenu(stopId, opener) {
  if (editable()) showMenu(opener, findStop(stopId)?.stop.name, () => items(stopId));
}

function onKey(event) {
  const all = [...open.box.querySelectorAll(".menu-item")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.box.contains(event.target) && !open.opener.contains(event.target))
    close({ giveBackFocus: false });
});
