// What every page does: pickers that send themselves, questions before what cannot be undone, short notices.

import { t } from "./texts.js";

/** Show a short notice; kind is "success", "warning" or "danger". */
export function toast(message, kind = "success") {
  const box = document.createElement("div");
  box.className = `alert alert-${kind} alert-dismissible`;
  box.setAttribute("role", kind === "danger" ? "alert" : "status");
  box.textContent = message;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.setAttribute("aria-label", t("web.close"));
  close.addEventListener("click", () => box.remove());
  box.append(close);
  document.getElementById("toasts").append(box);
  // An error stays until it was read.
  if (kind !== "danger") setTimeout(() => box.remove(), 6000);
}

for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  form.addEventListener("change", () => {
    if (form.reportValidity()) form.requestSubmit();
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.dataset.busy !== undefined) {
    // A second click must not send the file again.
    for (const button of form.querySelectorAll("button[type=submit]")) {
      setTimeout(() => (button.disabled = true));
      button.setAttribute("aria-busy", "true");
    }
  }
});
