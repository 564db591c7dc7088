// Which incidents of a period are shown: by state, kind, elapsed time, urgency, and the day on the slider.
// Nothing here touches the page.

const DAY = 86_400_000;

/** Elapsed time from report to settlement, or until now, in days: (after, upto]. */
export const AGES = { day: [-1, 1], three: [1, 3], week: [3, 7], month: [7, 30], older: [30, Infinity] };

/** What the slider's day means: reported until then, within the week up to it, or not settled by its end. */
export const WINDOWS = ["until", "week", "open"];

const millis = (local) => Date.parse(`${local.length === 10 ? `${local}T00:00` : local}Z`);

/** Number of a day since 1970, of a local ISO day or time. */
export const dayNumber = (local) => Math.floor(millis(local) / DAY);

/** ISO day of a number of `dayNumber`. */
export const isoOf = (number) => new Date(number * DAY).toISOString().slice(0, 10);

/** Points of the layer in the form the filters work on; `now` is a local ISO time. */
export function prepare(collection, now) {
  return collection.features.map(({ id, geometry, properties }) => {
    const end = properties.settled ?? now;
    return {
      id,
      lon: geometry.coordinates[0],
      lat: geometry.coordinates[1],
      state: properties.state,
      category: properties.category,
      urgent: properties.urgent === true,
      reported: properties.reported,
      open: properties.settled === undefined,
      day: dayNumber(properties.reported),
      doneDay: properties.settled === undefined ? Infinity : dayNumber(properties.settled),
      elapsed: Math.max(0, (millis(end) - millis(properties.reported)) / DAY),
    };
  });
}

/** Name of the age class a number of days falls into. */
export const ageOf = (elapsed) =>
  Object.keys(AGES).find((name) => elapsed > AGES[name][0] && elapsed <= AGES[name][1]);

function onDay(point, window, day) {
  if (window === "week") return point.day <= day && point.day > day - 7;
  if (window === "open") return point.day <= day && point.doneDay > day;
  return point.day <= day;
}

/**
 * Points that pass: `filters` is {hidden: Set of states, category, age, urgent}, empty text for any;
 * `window` one of WINDOWS, `day` a number of `dayNumber`.
 */
export function pass(points, filters, window, day) {
  return points.filter(
    (point) =>
      !filters.hidden.has(point.state) &&
      (filters.category === "" || point.category === filters.category) &&
      (filters.age === "" || ageOf(point.elapsed) === filters.age) &&
      (!filters.urgent || point.urgent) &&
      onDay(point, window, day),
  );
}

/** How many points there are of each value, most frequent first. */
export function tally(points, key) {
  const counts = new Map();
  for (const point of points) counts.set(point[key], (counts.get(point[key]) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** Numbers reported on each day from `first` to `last`, in so many bars at most: [{day, upto, count}]. */
export function histogram(points, first, last, most = 180) {
  const width = Math.max(1, Math.ceil((last - first + 1) / most));
  const bars = [];
  for (let day = first; day <= last; day += width)
    bars.push({ day, upto: Math.min(last, day + width - 1), count: 0 });
  for (const point of points) {
    const bar = bars[Math.floor((point.day - first) / width)];
    if (bar) bar.count += 1;
  }
  return bars;
}
