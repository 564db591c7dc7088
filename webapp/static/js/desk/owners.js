// Colours for owners such that neighbours differ. Neighbours share border points: borders are simplified together.

import { leadOf } from "./store.js";

const PALETTE = ["#a6cee3", "#fdd49e", "#c7e9c0", "#dadaeb", "#fccde5", "#ffffb3", "#ccebc5", "#bcbddc"];
const MOST = 1500;

function corners(geometry) {
  const rings = geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates.flat();
  return rings.flat().map(([lon, lat]) => `${lon.toFixed(6)},${lat.toFixed(6)}`);
}

function neighbours(features) {
  const holders = new Map();
  for (const feature of features) {
    for (const corner of corners(feature.geometry)) {
      if (!holders.has(corner)) holders.set(corner, new Set());
      holders.get(corner).add(leadOf(feature.properties).id);
    }
  }
  const beside = new Map();
  for (const owners of holders.values()) {
    for (const a of owners)
      for (const b of owners) if (a !== b) beside.set(a, (beside.get(a) ?? new Set()).add(b));
  }
  return beside;
}

/** Colour by owner's id; a county's many owners take colours in turn. */
export function ownerColours(features) {
  const owned = features.filter((feature) => leadOf(feature.properties));
  const beside = owned.length <= MOST ? neighbours(owned) : new Map();
  const colours = new Map();
  for (const { properties } of owned) {
    const { id } = leadOf(properties);
    if (colours.has(id)) continue;
    const taken = new Set([...(beside.get(id) ?? [])].map((other) => colours.get(other)));
    const turn = colours.size % PALETTE.length;
    const inTurn = [...PALETTE.slice(turn), ...PALETTE.slice(0, turn)];
    colours.set(id, inTurn.find((colour) => !taken.has(colour)) ?? inTurn[0]);
  }
  return colours;
}
