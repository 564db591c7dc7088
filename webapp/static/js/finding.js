// The form for something found: a preview of the photo, the place, and no sending twice.

import { placeNow } from "./place.js";
import { previewShots, sendOnce } from "./shots.js";

const form = document.querySelector("form.finding");
const where = document.getElementById("where");

previewShots();
sendOnce(form);

placeNow(10_000).then((place) => {
  if (!place) return;
  form.elements.lon.value = place.lon;
  form.elements.lat.value = place.lat;
  where.textContent = where.dataset.here;
});
