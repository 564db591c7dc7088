(function () {
  "use strict";
  var day = JSON.parse(document.getElementById("day").textContent);

  function words(lines) {
    var box = document.createElement("div");
    lines.forEach(function (line, index) {
      var row = document.createElement(index ? "div" : "strong");
      row.textContent = line;
      box.appendChild(row);
    });
    return box;
  }

  function overlaps(box, taken) {
    return taken.some(function (other) {
      return box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3];
    });
  }

  // Signs and stops take their room first: a stop has its time to the right of its number.
  function takenBySigns(map) {
    return Object.keys(day.marks).filter(function (name) { return map.hasLayer(window[name]); }).map(function (name) {
      var at = map.latLngToContainerPoint(window[name].getLatLng());
      var stop = window[name].options.icon.options.className.indexOf("stop") >= 0;
      return [at.x - 11, at.y - 11, at.x + (stop ? 52 : 11), at.y + 11];
    });
  }

  // Names keep out of each other's way, moving down or up; those of larger villages come first.
  function showNames(map, names) {
    var taken = takenBySigns(map);
    names.forEach(function (item) {
      var at = map.latLngToContainerPoint(item.at);
      var found = [0, 18, -18].find(function (shift) {
        var y = at.y + shift;
        return !overlaps([at.x - item.width / 2, y - 7, at.x + item.width / 2, y + 7], taken);
      });
      var element = item.marker.getElement();
      element.style.display = found === undefined ? "none" : "";
      if (found === undefined) { return; }
      element.firstChild.style.top = found + "px";
      taken.push([at.x - item.width / 2, at.y + found - 7, at.x + item.width / 2, at.y + found + 7]);
    });
  }

  function addNames(map) {
    var names = day.names.map(function (entry) {
      var span = document.createElement("span");
      span.textContent = entry[2];
      var icon = L.divIcon({ className: "name", html: span, iconSize: [0, 0], iconAnchor: [0, 7] });
      var marker = L.marker([entry[0], entry[1]], { icon: icon, interactive: false, keyboard: false, pane: "names" });
      return { at: [entry[0], entry[1]], marker: marker.addTo(map), width: entry[2].length * 12 };
    });
    map.on("zoomend overlayadd overlayremove", function () { showNames(map, names); });
    return names;
  }

  function start() {
    var map = window[day.map];
    var box = map.getContainer();
    document.querySelector(".top").after(box);
    L.control.scale({ imperial: false }).addTo(map);
    Object.keys(day.shapes).forEach(function (name) {
      window[name].eachLayer(function (layer) {
        layer.bindTooltip(function () { return words(day.shapes[name][layer.feature.properties.i]); }, { sticky: true });
      });
    });
    Object.keys(day.marks).forEach(function (name) {
      window[name].bindTooltip(function () { return words(day.marks[name]); });
    });
    map.createPane("names").style.zIndex = 590;
    var names = addNames(map);
    function show() {
      map.invalidateSize({ animate: false, pan: false });
      map.fitBounds(day.bounds, { animate: false, padding: [12, 12] });
      showNames(map, names);
    }
    // On paper the map has another size than on the screen: draw it anew for each.
    window.addEventListener("beforeprint", function () {
      document.documentElement.classList.add("printing");
      show();
    });
    window.addEventListener("afterprint", function () {
      document.documentElement.classList.remove("printing");
      show();
    });
    document.getElementById("print").addEventListener("click", function () { window.print(); });
    window.addEventListener("resize", show);
    show();
  }

  window.addEventListener("load", start);
}());
