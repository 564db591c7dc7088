// Where the phone is. Browsers tell only over https (or on the machine itself); without, everything still works.

let last = null;

const shown = (fix) => ({ lon: fix.coords.longitude, lat: fix.coords.latitude, accuracy: fix.coords.accuracy, at: Date.now() });

/** The last known place if it is no older than a minute, else null. */
export function recentPlace() {
  return last && Date.now() - last.at < 60_000 ? last : null;
}

/** Call back with every new place while the page is open. */
export function watchPlace(onPlace) {
  if (!navigator.geolocation) return;
  navigator.geolocation.watchPosition(
    (fix) => {
      last = shown(fix);
      onPlace(last);
    },
    () => {},
    { enableHighAccuracy: true, maximumAge: 15_000 },
  );
}

/** The place now, null when the phone does not tell within the time given. */
export function placeNow(milliseconds = 4000) {
  const known = recentPlace();
  if (known || !navigator.geolocation) return Promise.resolve(known);
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition((fix) => resolve((last = shown(fix))), () => resolve(null), {
      enableHighAccuracy: true,
      maximumAge: 60_000,
      timeout: milliseconds,
    });
  });
}

/** Metres between two places in degrees; good to a thousandth over the few kilometres of a patrol. */
export function metresBetween(a, b) {
  const radians = Math.PI / 180;
  const east = (a.lon - b.lon) * Math.cos(((a.lat + b.lat) / 2) * radians);
  return Math.hypot(east, a.lat - b.lat) * radians * 6_371_000;
}
