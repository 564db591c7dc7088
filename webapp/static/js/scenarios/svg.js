// Drawing without a library: elements of a picture.

const SVG = "http://www.w3.org/2000/svg";

/** An element of a picture; `text` becomes its text, `on` its listeners, empty attributes are skipped. */
export function s(tag, { text, on, ...attributes } = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value);
  for (const [event, handler] of Object.entries(on ?? {})) element.addEventListener(event, handler);
  if (text !== undefined) element.textContent = text;
  element.append(...children.flat(3).filter(Boolean));
  return element;
}
