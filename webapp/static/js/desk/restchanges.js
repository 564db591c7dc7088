// What the rest of the day planned anew does with each stop, while it is looked at.

import { state } from "./store.js";

const known = new WeakMap();

/** The change of one stop, null where nothing is looked at or the stop stays as it was told. */
export function changeOf(id) {
  const changes = state.preview?.result?.changes;
  if (!changes) return null;
  if (!known.has(changes)) {
    const told = changes.filter((change) => change.kind !== "kept");
    known.set(changes, new Map(told.map((change) => [change.stop_id, change])));
  }
  return known.get(changes).get(id) ?? null;
}
