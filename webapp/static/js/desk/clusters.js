// Many incidents on the map: single marks where there is room, else a number with the shares of their states.

import { t } from "../texts.js";
import { map, tooltip } from "./basemap.js";
import { h, mark } from "./dom.js";
import { moment } from "./format.js";
import { select } from "./links.js";
import { state } from "./store.js";

/* global L */

/** Pixels within which marks of many are drawn as one. */
const NEAR = 46;
/** Open for longer than so many days is shown by a ring. */
export const OLD_DAYS = 7;
/** The state a cluster's own sign shows is the first of these within it. */
const URGENCY = ["reported", "escalated"];

/** How a state is drawn; one without a sign of its own looks like a new report. */
export const styleOf = (name) => state.styles.incidents[name] ?? state.styles.incidents.reported;

/** Elements are made when a mark comes into view, not for all of thousands. */
const MadeLate = L.Icon.extend({
  createIcon() {
    const { picture, size } = this.options;
    const box = h("div", { class: "map-point leaflet-marker-icon" }, picture());
    box.style.marginLeft = box.style.marginTop = "0";
    box.dataset.size = size;
    return box;
  },
  createShadow: () => null,
});

function incidentIcon(point) {
  const classes = `map-mark${point.old ? " is-old" : ""}${point.urgent ? " is-urgent" : ""}`;
  return new MadeLate({
    picture: () =>
      h(
        "span",
        { class: classes, data: { incident: point.id } },
        mark(styleOf(point.state), point.urgent ? 22 : 16),
      ),
    size: 16,
  });
}

/** A marker for a point: {id, lon, lat, state, urgent, old, open, lines}. */
export function incidentMarker(point) {
  return L.marker([point.lat, point.lon], {
    icon: incidentIcon(point),
    keyboard: false,
    zIndexOffset: point.open ? 100 : -600,
    point,
  });
}

/** Numbers of a cluster's states, the most urgent first. */
function shares(cluster) {
  const counts = new Map();
  for (const marker of cluster.getAllChildMarkers()) {
    const name = marker.options.point.state;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const order = Object.keys(state.styles.incidents);
  return [...counts].sort((a, b) => order.indexOf(a[0]) - order.indexOf(b[0]));
}

function clusterPicture(cluster) {
  const parts = shares(cluster);
  const worst = URGENCY.find((name) => parts.some(([found]) => found === name)) ?? parts[0][0];
  const bar = parts.map(([name, count]) => {
    const style = styleOf(name);
    const colour = style.fill === "none" ? style.line : style.fill;
    return h("span", { style: { background: colour, "flex-grow": String(count) } });
  });
  return h(
    "span",
    { class: "map-cluster" },
    h("span", { class: "map-cluster-head" }, mark(styleOf(worst), 13), String(cluster.getChildCount())),
    h("span", { class: "map-cluster-bar" }, bar),
  );
}

const clusterIcon = (cluster) => new MadeLate({ picture: () => clusterPicture(cluster), size: 40 });

function pointLines(point) {
  return [
    point.category || t("desk.kind_incident"),
    t(`day.incident.${point.state}`),
    moment(point.reported),
    point.description,
  ];
}

function clusterLines(cluster) {
  const parts = shares(cluster).map(([name, count]) => `${t(`day.incident.${name}`)} ${count}`);
  return [t("desk.spread_cluster", { n: cluster.getChildCount() }), ...parts, t("desk.spread_cluster_hint")];
}

const tip = L.tooltip({ className: "tip", opacity: 1, direction: "top", offset: [0, -10] });

function listen(group) {
  const show = (lines) => (event) => {
    const marker = event.propagatedFrom;
    tip.setContent(tooltip(...lines(marker))).setLatLng(marker.getLatLng());
    tip.openOn(map);
  };
  group.on(
    "mouseover",
    show((marker) => pointLines(marker.options.point)),
  );
  group.on("clustermouseover", show(clusterLines));
  group.on("mouseout clustermouseout clusterclick", () => tip.close());
  group.on("click", (event) => {
    if (!state.adding) select("incident", event.propagatedFrom.options.point.id);
  });
  return group;
}

/** A layer for a few incidents: every one by itself. */
export const plainGroup = () => listen(L.featureGroup());

/** A layer for thousands. */
export function clusterGroup() {
  return listen(
    L.markerClusterGroup({
      maxClusterRadius: NEAR,
      iconCreateFunction: clusterIcon,
      showCoverageOnHover: false,
      spiderfyOnMaxZoom: true,
      animate: false,
      spiderLegPolylineOptions: { weight: 1.2, color: "#33414f", opacity: 0.7 },
    }),
  );
}
