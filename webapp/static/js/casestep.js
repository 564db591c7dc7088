// A case on the phone: previews of photos, and no sending twice.

import { previewShots, sendOnce } from "./shots.js";

previewShots();
for (const form of document.querySelectorAll("form.case-form")) sendOnce(form);
