// The form for something found: a preview of the photo, the place, and no sending twice.

import { placeNow } from "./place.js";
import { t } from "./texts.js";

const form = document.querySelector("form.finding");
const input = document.getElementById("photo");
const shots = document.getElementById("shots");
const where = document.getElementById("where");

input.addEventListener("change", () => {
  for (const image of shots.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  shots.replaceChildren();
  for (const file of input.files) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = t("field.js_photo");
    shots.append(image);
  }
  document.querySelector(".photo").classList.toggle("has-shot", input.files.length > 0);
});

placeNow(10_000).then((place) => {
  if (!place) return;
  form.elements.lon.value = place.lon;
  form.elements.lat.value = place.lat;
  where.textContent = where.dataset.here;
});

form.addEventListener("submit", () => {
  for (const button of form.querySelectorAll("button[type=submit]")) setTimeout(() => (button.disabled = true));
});
