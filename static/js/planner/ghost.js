// Where a bar would lie: drawn while it is dragged or moved by keys.
import { make } from "./elements.js";
import { CELL_PX, LANE_PX } from "./model.js";

export class Ghost {
  constructor(view, model, words) {
    this.view = view;
    this.model = model;
    this.words = words;
    this.element = make("div", "th-bar th-ghost");
    this.element.setAttribute("aria-hidden", "true");
  }

  show({ at, start, end, lane = 0 }) {
    const { model, element, view } = this;
    const shown = Math.max(0, start); // what began before the first week is cut, as bars are
    element.style.setProperty("left", `calc(var(--th-side) + ${shown * model.weekPx}px)`);
    element.style.setProperty("width", `${Math.max(0, end - shown) * model.weekPx}px`);
    element.style.setProperty("top", `${model.tops[at] + CELL_PX + 3 + lane * LANE_PX}px`);
    element.textContent = this.words.span(model.monday(start), model.monday(end));
    if (!element.isConnected) view.body.append(element);
    const row = view.drawn.get(at);
    if (this.row !== row) {
      this.row?.classList.remove("th-board-target");
      row?.classList.add("th-board-target");
      this.row = row;
    }
  }

  hide() {
    this.element.remove();
    this.row?.classList.remove("th-board-target");
    this.row = null;
  }
}

// A bar's place in whole weeks, and how far its slot lets it go.
export function placeOf(model, bar) {
  return {
    start: model.position(bar.start_on),
    end: model.position(bar.end_on),
    least: model.position(bar.slot_start_on),
    most: model.position(bar.slot_end_on),
    at: model.index.get(model.rowOf(bar)),
    lane: bar.lane,
  };
}

// The nearest place inside the slot that has the same length.
export function shifted(place, by) {
  const least = place.least - place.start;
  const most = place.most - place.end;
  const steps = Math.max(least, Math.min(most, by));
  return { ...place, start: place.start + steps, end: place.end + steps };
}

export function resized(place, edge, by) {
  if (edge === "start") {
    const start = Math.max(place.least, Math.min(place.end - 1, place.start + by));
    return { ...place, start };
  }
  const end = Math.min(place.most, Math.max(place.start + 1, place.end + by));
  return { ...place, end };
}
