// Building elements without HTML text: whatever comes from data can only become text.

const SVG = "http://www.w3.org/2000/svg";

function put(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === "on") {
    for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
  } else if (name === "data") {
    for (const [key, item] of Object.entries(value))
      if (item !== undefined && item !== null) element.dataset[key] = item;
  } else if (name === "style") {
    for (const [property, item] of Object.entries(value)) element.style.setProperty(property, item);
  } else if (name === "text") {
    element.textContent = value;
  } else {
    element.setAttribute(name, value === true ? "" : value);
  }
}

/** An element; props are attributes plus `on`, `data`, `style` and `text`. Empty children are skipped. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) put(element, name, value);
  element.append(
    ...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** A button that does something; `props.class` defaults to a small plain one. */
export function button(words, onClick, props = {}) {
  return h(
    "button",
    { type: "button", class: "btn btn-sm btn-outline-secondary", on: { click: onClick }, ...props },
    words,
  );
}

function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** A mark of the shared styles (a path in a box from -1 to 1) as a small picture. */
export function mark({ path, fill, line }, size = 18) {
  const picture = svg("svg", {
    viewBox: "-1.25 -1.25 2.5 2.5",
    width: size,
    height: size,
    "aria-hidden": "true",
  });
  const hollow = fill === "none";
  if (hollow) picture.append(svg("path", { d: path, fill: "none", stroke: "#ffffff", "stroke-width": 0.75 }));
  picture.append(
    svg("path", {
      d: path,
      fill,
      stroke: line,
      "stroke-width": hollow ? 0.4 : 0.22,
      "stroke-linejoin": "round",
    }),
  );
  return picture;
}

/** A stroke as routes are drawn. */
export function stroke({ colour, dash }, width = 34) {
  const picture = svg("svg", { width, height: 8, "aria-hidden": "true" });
  picture.append(
    svg("line", {
      x1: 1,
      y1: 4,
      x2: width - 1,
      y2: 4,
      stroke: colour,
      "stroke-width": 3.5,
      "stroke-dasharray": dash,
    }),
  );
  return picture;
}

const ICONS = {
  pin: "M5 1h6l-1 5 2.5 2.5V10H8.7L8 15l-.7-5H3.5V8.5L6 6Z",
  more: "M3 6.6a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8Zm5 0a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8Zm5 0a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8Z",
  check: "M6.3 12.6 2 8.3l1.5-1.5 2.8 2.8 6.2-6.3L14 4.8Z",
  close: "M3.4 2 8 6.6 12.6 2 14 3.4 9.4 8l4.6 4.6-1.4 1.4L8 9.4 3.4 14 2 12.6 6.6 8 2 3.4Z",
  left: "M10.5 2 12 3.5 7.5 8l4.5 4.5-1.5 1.5L4.5 8Z",
  right: "M5.5 2 4 3.5 8.5 8 4 12.5 5.5 14l6-6Z",
  undo: "M6 2v3h3.5a4.5 4.5 0 0 1 0 9H5v-2h4.5a2.5 2.5 0 0 0 0-5H6v3L1.5 6Z",
  again: "M8 2.5a5.5 5.5 0 0 1 4.6 2.5V2.7H14v5H9V6.2h2.5A4 4 0 1 0 12 8.8l1.6.4A5.5 5.5 0 1 1 8 2.5Z",
  print: "M4 1h8v4h2.5v7H12v3H4v-3H1.5V5H4Zm1.5 1.5V5h5V2.5Zm0 7.5v3.5h5V10Z",
  layers: "M8 1.5 15 5 8 8.5 1 5Zm-5 6 5 2.5 5-2.5L15 8.4l-7 3.5-7-3.5Zm0 3.2 5 2.5 5-2.5 2 .9-7 3.5-7-3.5Z",
  add: "M7 2h2v5h5v2H9v5H7V9H2V7h5Z",
  compare: "M1.5 3h5v10h-5Zm1.5 1.5v7h2v-7Zm6.5-1.5h5v10h-5Zm1.5 1.5v7h2v-7Z",
  people:
    "M5.5 7.5a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2Zm5.5 0a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM1 13.5c0-3 2-4.8 4.5-4.8S10 10.500 10 13.500Zm10.300 0c0-1.900-.6-3.400-1.500-4.400.4-.2.8-.3 1.200-.3 2.200 0 4 1.600 4 4.700Z",
};

/** A small icon in the colour of the text around it. */
export function icon(name, size = 14) {
  const picture = svg("svg", {
    viewBox: "0 0 16 16",
    width: size,
    height: size,
    "aria-hidden": "true",
    class: "icon",
  });
  picture.append(svg("path", { d: ICONS[name], fill: "currentColor" }));
  return picture;
}

/** Put new children in, keeping scroll position and keyboard focus (by `data-key`). */
export function refill(container, ...children) {
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const scrolled = container.scrollTop;
  container.replaceChildren(...children.flat(2).filter(Boolean));
  container.scrollTop = scrolled;
  if (focused) container.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}
