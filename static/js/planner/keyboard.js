// One stop of the Tab key; arrows walk. A row has lines: its figures, then its lanes of bars. Left
// and right walk in a line, up and down to the next line, near the week where one was.
import { barKey } from "./model.js";

const PAGE = 8;

export class Keyboard {
  constructor({ view, model, words, actions, moving }) {
    Object.assign(this, { view, model, words, actions, moving });
    this.week = 0;
    const { box } = view;
    box.addEventListener("keydown", (event) => this.key(event));
    box.addEventListener("click", (event) => this.click(event));
    box.addEventListener("focusin", (event) => this.entered(event));
    box.addEventListener("pointerover", (event) => this.hover(event));
    view.onlost = (at, item) => this.focus(at, item);
  }

  // --- what stands where

  lines(at) {
    const row = this.model.rowAt(at);
    if (!row) return [["head"]];
    const cells = row.load ? this.model.columns.cells.map((group) => `cell-${group.start}`) : [];
    const lanes = Array.from({ length: row.lanes }, () => []);
    for (const bar of row.bars) lanes[bar.lane].push(bar);
    const keys = lanes.map((bars) =>
      bars.sort((one, other) => (one.start_on < other.start_on ? -1 : 1)).map(barKey),
    );
    return [["head", ...cells], ...keys];
  }

  spanOf(at, item) {
    if (item === "head") return [undefined, undefined];
    if (item.startsWith("cell-")) {
      const start = Number(item.slice(5));
      const group = this.model.columns.cells.find((each) => each.start === start);
      return [start, group ? group.end : start + 1];
    }
    const bar = this.model.rowAt(at)?.bars.find((each) => barKey(each) === item);
    if (!bar) return [undefined, undefined];
    return [Math.max(0, this.model.position(bar.start_on)), this.model.position(bar.end_on)];
  }

  nearest(at, line) {
    let best = line[0];
    let least = Infinity;
    for (const item of line) {
      if (item === "head") continue;
      const [start, end] = this.spanOf(at, item);
      const far = this.week < start ? start - this.week : Math.max(0, this.week - end + 1);
      if (far < least) [best, least] = [item, far];
    }
    return best;
  }

  // --- going there

  focus(at, item, { keepWeek = false } = {}) {
    const [start, end] = this.spanOf(at, item);
    const row = this.view.reveal(at, start, end);
    const found = row.querySelector(`[data-item="${CSS.escape(item)}"]`);
    const element = found || row.querySelector("[data-item=head]");
    if (start !== undefined && !keepWeek) this.week = start;
    this.name(element);
    element.focus({ preventScroll: true });
  }

  // A bar by its key, wherever it is now; false if it is not on the board.
  focusBar(key) {
    const found = this.model.find(key);
    if (!found) return false;
    this.focus(this.model.index.get(found.row.id), key);
    return true;
  }

  entered({ target }) {
    if (!target.dataset.item) return;
    for (const old of this.view.box.querySelectorAll("[data-item][tabindex='0']")) old.tabIndex = -1;
    target.tabIndex = 0;
    this.at = Number(target.closest(".th-board-row").dataset.at);
    this.item = target.dataset.item;
    this.name(target);
  }

  // A cell says its figures in full when it is looked at.
  name(element) {
    if (!element.dataset.item?.startsWith("cell-") || element.hasAttribute("aria-label")) return;
    const row = this.model.rowAt(Number(element.closest(".th-board-row").dataset.at));
    const words = this.view.painter.cells.spoken(row, Number(element.dataset.item.slice(5)));
    element.setAttribute("aria-label", words);
    element.title = words;
  }

  hover({ target }) {
    if (target.dataset?.item) this.name(target);
  }

  // The board can always be reached by Tab, whatever was scrolled away.
  keepStop() {
    if (this.view.box.querySelector("[data-item][tabindex='0']")) return;
    const element = this.view.drawn.get(this.at) || this.view.drawn.values().next().value;
    const stop = element?.querySelector("[data-item^=cell-], [data-item=head]");
    if (stop) stop.tabIndex = 0;
  }

  // --- keys

  key(event) {
    const item = event.target.dataset?.item;
    if (!item || event.altKey || event.metaKey) return;
    if (this.moving.key(event)) return;
    if (this.act(event, item)) return;
    const to = this.target(event, item);
    if (!to) return;
    event.preventDefault();
    const [at, next, keepWeek] = to;
    this.focus(at, next, { keepWeek });
  }

  act(event, item) {
    const enter = event.key === "Enter" || event.key === " " || event.key === "ContextMenu";
    if (enter && item !== "head") {
      event.preventDefault();
      this.menu(event.target, item);
      return true;
    }
    const steps = event.shiftKey && /^Arrow(Left|Right)$/.test(event.key);
    const moves = steps || (!event.ctrlKey && ["m", "M", "+", "-", "="].includes(event.key));
    if (!moves) return false;
    const found = this.model.find(item);
    if (!found) return false;
    event.preventDefault();
    if (this.moving.begin(found.bar) && event.key.toLowerCase() !== "m") this.moving.key(event);
    return true;
  }

  target(event, item) {
    const { at } = this;
    const lines = this.lines(at);
    const line = lines.findIndex((each) => each.includes(item));
    const inLine = lines[Math.max(0, line)];
    const x = inLine.indexOf(item);
    const last = this.model.names.length - 1;
    switch (event.key) {
      case "ArrowRight": return [at, inLine[x + 1] ?? item];
      case "ArrowLeft": return [at, inLine[x - 1] ?? item];
      case "Home": return event.ctrlKey ? this.line(0, 0, item) : [at, inLine[0]];
      case "End": return event.ctrlKey ? this.line(last, 0, item) : [at, inLine[inLine.length - 1]];
      case "PageDown": return this.line(Math.min(last, at + PAGE), 0, item);
      case "PageUp": return this.line(Math.max(0, at - PAGE), 0, item);
      case "ArrowDown": return this.below(at, line, item);
      case "ArrowUp": return this.above(at, line, item);
      default: return null;
    }
  }

  line(at, line, item) {
    const found = this.lines(at)[line] || ["head"];
    return [at, item === "head" ? "head" : this.nearest(at, found), true];
  }

  below(at, line, item) {
    const more = item !== "head" && line + 1 < this.lines(at).length;
    if (more) return this.line(at, line + 1, item);
    return at + 1 < this.model.names.length ? this.line(at + 1, 0, item) : null;
  }

  above(at, line, item) {
    if (line > 0) return this.line(at, line - 1, item);
    if (at === 0) return null;
    return this.line(at - 1, item === "head" ? 0 : this.lines(at - 1).length - 1, item);
  }

  click(event) {
    const element = event.target.closest("[data-item]");
    if (!element || element.dataset.item === "head") return;
    element.focus({ preventScroll: true });
    if (element.classList.contains("th-bar")) this.menu(element, element.dataset.item);
  }

  menu(element, item) {
    if (!item.startsWith("cell-")) {
      const found = this.model.find(item);
      if (found) this.actions.open(element, found.bar);
      return;
    }
    if (this.model.view !== "people") return;
    this.actions.ofWeek(element, this.model.rowAt(this.at), ...this.spanOf(this.at, item));
  }
}
