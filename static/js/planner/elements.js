// Elements without markup: texts go in as text, sizes through the style object, as the content
// security policy asks.
const SVG = "http://www.w3.org/2000/svg";

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function gridcell(className, text) {
  const element = make("div", className, text);
  element.setAttribute("role", "gridcell");
  return element;
}

export function svgIcon(sprite, name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "th-icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

// Put something over weeks of the board: from `start` to `end`, whole numbers of weeks.
export function place(element, model, start, end) {
  element.style.setProperty("left", `${start * model.weekPx}px`);
  element.style.setProperty("width", `${(end - start) * model.weekPx}px`);
}
