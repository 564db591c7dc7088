// The sides of the day board: squads with their stops, attendance, open cases. Arrow keys change the tab.

const tabs = [...document.querySelectorAll("#board-tabs [role=tab]")];

/** Show a tab: "squads", "attendance" or "cases". */
export function showTab(name, { focus = true } = {}) {
  for (const tab of tabs) {
    const chosen = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
    if (chosen && focus) tab.focus();
  }
}

for (const tab of tabs) {
  tab.addEventListener("click", () => showTab(tab.dataset.tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    showTab(tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length].dataset.tab);
  });
}
