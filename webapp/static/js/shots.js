// Photos chosen on the phone: shown before they are sent. And no form is sent twice.

import { t } from "./texts.js";

/** Show what the photo field of the page holds. */
export function previewShots() {
  const input = document.getElementById("photo");
  const shots = document.getElementById("shots");
  input?.addEventListener("change", () => {
    for (const image of shots.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    shots.replaceChildren();
    for (const file of input.files) {
      const image = document.createElement("img");
      image.src = URL.createObjectURL(file);
      image.alt = t("field.js_photo");
      shots.append(image);
    }
    input.closest(".photo").classList.toggle("has-shot", input.files.length > 0);
  });
}

/** Grey out a form's buttons once it is on its way. */
export function sendOnce(form) {
  form?.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button[type=submit]")) setTimeout(() => (button.disabled = true));
  });
}
