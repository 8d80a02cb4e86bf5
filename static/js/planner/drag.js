// Bars and open slots by pointer: snapped to weeks, inside the slot. By touch after a long press
// only, so that a finger can scroll; Escape lets go.
import { make } from "./elements.js";
import { placeOf, resized, shifted } from "./ghost.js";

const SLIP_PX = 4;
const TOUCH_SLIP_PX = 10;
const LONG_PRESS_MS = 400;
const EDGE_PX = 36;
const STEP_PX = 14;

export class Drag {
  constructor({ view, model, ghost, edits, tray }) {
    Object.assign(this, { view, model, ghost, edits, tray });
    // One element over the page shows the hand: a class on the body would restyle every row.
    this.veil = make("div", "th-drag-veil");
    view.body.addEventListener("pointerdown", (event) => this.onBar(event));
    tray.list.addEventListener("pointerdown", (event) => this.onTray(event));
    window.addEventListener("pointermove", (event) => this.move(event));
    window.addEventListener("pointerup", (event) => this.up(event));
    window.addEventListener("pointercancel", () => this.stop());
    window.addEventListener("keydown", (event) => this.key(event), true);
    window.addEventListener("click", (event) => this.swallow(event), true);
    window.addEventListener("touchmove", (event) => this.live && event.preventDefault(), {
      passive: false,
    });
  }

  onBar(event) {
    const element = event.target.closest(".th-bar-movable");
    if (!element || event.button !== 0) return;
    const found = this.model.find(element.dataset.item);
    if (!found) return;
    let kind = "move";
    if (event.target.closest(".th-grip-start")) kind = "start";
    else if (event.target.closest(".th-grip-end")) kind = "end";
    this.begin(event, { kind, bar: found.bar, from: placeOf(this.model, found.bar), element });
  }

  onTray(event) {
    const element = event.target.closest("[data-tray]");
    if (!element || event.button !== 0 || this.model.view !== "people") return;
    const bar = this.model.tray.bars[Number(element.dataset.tray)];
    if (!bar?.editable) return;
    const start = this.model.position(bar.start_on);
    const from = { start, end: this.model.position(bar.end_on), lane: 0 };
    this.begin(event, { kind: "assign", bar, from, element });
  }

  begin(event, drag) {
    this.stop();
    this.swallowing = false;
    this.drag = { ...drag, x: event.clientX, y: event.clientY, touch: event.pointerType === "touch" };
    this.drag.left = this.view.box.scrollLeft;
    if (this.drag.touch) this.timer = setTimeout(() => this.start(), LONG_PRESS_MS);
    else if (event.target.closest("button")) event.preventDefault(); // no selection of text
  }

  start() {
    this.live = true;
    this.drag.element.classList.add("th-dragged");
    document.body.append(this.veil);
    if (this.drag.touch) navigator.vibrate?.(10);
  }

  move(event) {
    const { drag } = this;
    if (!drag) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y);
    if (!this.live) {
      if (drag.touch && far > TOUCH_SLIP_PX) this.stop();
      else if (!drag.touch && far > SLIP_PX) this.start();
      if (!this.live) return;
    }
    this.point = { x: event.clientX, y: event.clientY };
    this.roll();
    this.place();
  }

  // Where it would lie under the pointer; null where it cannot be dropped.
  place() {
    const { drag, model, view } = this;
    const { x, y } = this.point;
    const under = view.under(x, y);
    const px = model.weekPx;
    const by = Math.round((x - drag.x + view.box.scrollLeft - drag.left) / px);
    drag.to = null;
    if (drag.kind === "assign") {
      if (under && model.rowAt(under.at)) drag.to = { ...drag.from, at: under.at };
    } else if (drag.kind === "move") {
      const at = model.view === "people" && under ? under.at : drag.from.at;
      drag.to = { ...shifted(drag.from, by), at };
      drag.beyond = drag.to.start - drag.from.start !== by;
      if (at !== drag.from.at) drag.to.lane = 0;
    } else {
      drag.to = resized(drag.from, drag.kind, by);
      drag.beyond = drag.kind === "end" ? by > 0 && drag.to.end - drag.from.end < by
        : by < 0 && drag.to.start - drag.from.start > by;
    }
    if (drag.to) this.ghost.show(drag.to);
    else this.ghost.hide();
  }

  // Near the edge of the board it scrolls on.
  roll() {
    if (this.rolling) return;
    const step = () => {
      this.rolling = 0;
      if (!this.live) return;
      const { x, y } = this.point;
      const { box } = this.view;
      const edge = box.getBoundingClientRect();
      const inside = x > edge.left && x < edge.right && y > edge.top && y < edge.bottom;
      let [right, down] = [0, 0];
      if (inside && x > edge.right - EDGE_PX) right = STEP_PX;
      if (inside && y > edge.bottom - EDGE_PX) down = STEP_PX;
      if (inside && y < edge.top + 56 + EDGE_PX) down = -STEP_PX;
      if (!right && !down) return;
      box.scrollBy(right, down);
      this.place();
      this.rolling = requestAnimationFrame(step);
    };
    this.rolling = requestAnimationFrame(step);
  }

  up() {
    const { drag, live } = this;
    if (!drag) return;
    this.stop();
    if (!live) return;
    this.swallowing = true;
    setTimeout(() => (this.swallowing = false));
    if (!drag.to) return;
    if (drag.beyond) this.atEdge();
    if (drag.kind === "assign") this.edits.assignTo(drag.bar, this.model.names[drag.to.at]);
    else this.edits.put(drag.bar, drag.to);
  }

  // It went as far as the slot's weeks; the hand wanted more.
  atEdge() {
    const words = this.edits.words.say("edge");
    this.edits.undo.toast(words, "info");
    this.edits.words.speak(words);
  }

  // The click that ends a drag opens no menu.
  swallow(event) {
    if (!this.swallowing) return;
    event.preventDefault();
    event.stopPropagation();
  }

  key(event) {
    if (event.key !== "Escape" || !this.live) return;
    event.stopPropagation();
    this.stop();
  }

  stop() {
    clearTimeout(this.timer);
    this.drag?.element.classList.remove("th-dragged");
    this.veil.remove();
    this.ghost.hide();
    this.live = false;
    this.drag = null;
  }
}
