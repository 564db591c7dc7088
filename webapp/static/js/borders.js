// Villages' borders with their names on a small map, for pages that ask where something is.

/* global L */

/**
 * Draw them, names only where the map is near enough to read them; gives the shapes by the villages' codes.
 *
 * `style` is of the borders; with `onClick` a village answers a click with its feature and the place.
 */
export function drawBorders(map, features, { style, namesFrom, onClick = null }) {
  const shapes = new Map();
  for (const feature of features) {
    const shape = L.geoJSON(feature, {
      interactive: onClick !== null,
      style: { fillColor: "#fffdf5", fillOpacity: 1, ...style },
    }).addTo(map);
    const label = document.createElement("span");
    label.textContent = feature.properties.name;
    shape.bindTooltip(label, { permanent: true, direction: "center", className: "village-name", interactive: false });
    if (onClick)
      shape.on("click", (event) => {
        L.DomEvent.stopPropagation(event);
        onClick(feature, event.latlng);
      });
    shapes.set(feature.properties.code, shape);
  }
  const names = () => map.getPane("tooltipPane").toggleAttribute("hidden", map.getZoom() < namesFrom);
  map.on("zoomend", names);
  names();
  return shapes;
}
