// Draws the rows that are in sight and a few beside them; the others are space only.
import { Painter } from "./paint.js";

const BESIDE_PX = 280;
const SIDE_PX = 208;
// Least width of a week; a board with room to spare makes its weeks wider.
const WEEK_PX = { week: 50, month: 17, quarter: 9 };

export class View {
  constructor(root, model, words, config) {
    this.box = root;
    this.model = model;
    this.words = words;
    this.head = root.querySelector("[data-planner-head]");
    this.body = root.querySelector("[data-planner-body]");
    this.painter = new Painter(model, words, config);
    this.drawn = new Map();
    this.focusKey = null;
    root.addEventListener("scroll", () => this.later(), { passive: true });
    new ResizeObserver(() => this.resized()).observe(root);
  }

  // After new rows, weeks or zoom: everything anew.
  draw() {
    const room = this.box.clientWidth - SIDE_PX;
    const { model } = this;
    const least = WEEK_PX[model.zoom];
    model.weekPx = Math.max(least, Math.floor(room / model.count));
    this.width = this.box.clientWidth;
    this.box.dataset.zoom = model.zoom;
    this.box.setAttribute("aria-rowcount", String(model.names.length + 2));
    const canvas = model.weekPx * model.count;
    this.box.style.setProperty("--th-side", `${SIDE_PX}px`);
    this.box.style.setProperty("--th-week", `${model.weekPx}px`);
    this.box.style.setProperty("--th-canvas", `${canvas}px`);
    const now = model.position(model.today);
    const inside = now >= 0 && now < model.count;
    this.box.style.setProperty("--th-now", `${inside ? (now + 0.5) * model.weekPx : -9}px`);
    this.head.replaceChildren(this.painter.head());
    this.clear();
    if (!model.names.length) {
      this.body.style.setProperty("height", "96px");
      const none = document.createElement("p");
      none.className = "th-board-none";
      none.textContent = this.words.say("no_rows");
      this.body.replaceChildren(none);
      return;
    }
    this.body.replaceChildren();
    this.update();
  }

  clear() {
    for (const element of this.drawn.values()) element.remove();
    this.drawn.clear();
  }

  resized() {
    if (this.model.names.length && this.box.clientWidth && this.width !== this.box.clientWidth) {
      this.draw();
    }
  }

  later() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.update();
    });
  }

  range() {
    const { scrollTop, clientHeight } = this.box;
    const first = this.model.rowUnder(Math.max(0, scrollTop - BESIDE_PX));
    const last = this.model.rowUnder(scrollTop + clientHeight + BESIDE_PX);
    return [first, last];
  }

  update() {
    const { model } = this;
    if (!model.names.length) return;
    this.body.style.setProperty("height", `${model.height}px`);
    const [first, last] = this.range();
    const held = document.activeElement?.closest?.(".th-board-row");
    for (const [at, element] of this.drawn) {
      if ((at < first || at > last) && element !== held) {
        element.remove();
        this.drawn.delete(at);
      }
    }
    for (let at = first; at <= last; at += 1) this.show(at);
    this.onupdate?.();
    this.ask(first, last);
  }

  show(at) {
    let element = this.drawn.get(at);
    const row = this.model.rowAt(at);
    if (!element || element.row !== row) element = this.put(at, row);
    const top = this.model.tops[at];
    if (element.top !== top) {
      element.style.setProperty("top", `${top}px`);
      element.top = top;
    }
    return element;
  }

  // Draw a row; where it takes the place of one that has the focus, the focus stays on its item.
  put(at, row) {
    const element = this.painter.row(at);
    element.row = row;
    element.style.setProperty("height", `${this.model.heightAt(at)}px`);
    const old = this.drawn.get(at);
    const item = old?.contains(document.activeElement) && document.activeElement.dataset.item;
    if (old) old.replaceWith(element);
    else this.body.append(element);
    this.drawn.set(at, element);
    if (item) this.onlost?.(at, item);
    return element;
  }

  async ask(first, last) {
    let came = false;
    try {
      came = await this.model.need(first, last);
    } catch (error) {
      this.onerror?.(error);
    }
    if (came) this.settle();
  }

  // Rows grew or shrank: what is in sight stays where it is.
  settle() {
    const at = this.model.rowUnder(this.box.scrollTop);
    const offset = this.box.scrollTop - (this.drawn.get(at)?.top ?? this.model.tops[at]);
    const before = this.model.tops[at] + offset;
    if (Math.abs(before - this.box.scrollTop) > 1 && offset >= 0) this.box.scrollTop = before;
    this.update();
  }

  // Bring a row and weeks into sight, so that something in it can take the focus.
  reveal(at, start, end = start + 1) {
    const { box, model } = this;
    const top = model.tops[at];
    const bottom = top + model.heightAt(at);
    const room = box.clientHeight - this.head.offsetHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + room) box.scrollTop = Math.min(top, bottom - room);
    if (start !== undefined) {
      const left = start * model.weekPx;
      const right = Math.min(end * model.weekPx, left + box.clientWidth - SIDE_PX);
      if (left < box.scrollLeft) box.scrollLeft = Math.max(0, left - model.weekPx);
      else if (right > box.scrollLeft + box.clientWidth - SIDE_PX) {
        box.scrollLeft = right - (box.clientWidth - SIDE_PX) + model.weekPx;
      }
    }
    this.update();
    return this.show(at);
  }

  // The row and week under a point of the window; null outside of the rows.
  under(x, y) {
    const body = this.body.getBoundingClientRect();
    const box = this.box.getBoundingClientRect();
    const headed = box.top + this.head.offsetHeight;
    if (y < headed || y > box.bottom || x < box.left || x > box.right) return null;
    const at = this.model.rowUnder(y - body.top);
    return { at, week: Math.floor((x - body.left - SIDE_PX) / this.model.weekPx) };
  }
}
