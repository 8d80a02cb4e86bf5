// A bar in the hand of the keyboard: arrows move it by weeks and rows, Shift or + and - change its
// end, Enter saves, Escape lets go. The same places as by pointer.
import { placeOf, resized, shifted } from "./ghost.js";

export class Moving {
  constructor({ view, model, words, ghost, edits }) {
    Object.assign(this, { view, model, words, ghost, edits });
    // A row that is drawn anew loses the focus for a moment only.
    view.box.addEventListener("focusout", () => {
      setTimeout(() => {
        if (this.held && !view.box.contains(document.activeElement)) this.end();
      });
    });
  }

  begin(bar) {
    if (!bar.editable || bar.kind !== "assignment") {
      this.words.speak(this.words.say("fixed"));
      return false;
    }
    this.held = { bar, to: placeOf(this.model, bar) };
    this.view.box.classList.add("th-board-moving");
    this.ghost.show(this.held.to);
    this.words.speak(this.words.say("moving", { bar: this.words.name(bar) }));
    return true;
  }

  // Whether the key was for the bar in hand.
  key(event) {
    if (!this.held) return false;
    const to = this.next(event);
    if (to === undefined) return event.key !== "Tab";
    event.preventDefault();
    event.stopPropagation();
    if (to) this.step(to);
    return true;
  }

  next(event) {
    const { to } = this.held;
    switch (event.key) {
      case "ArrowLeft":
      case "ArrowRight": {
        const by = event.key === "ArrowRight" ? 1 : -1;
        return event.shiftKey ? resized(to, "end", by) : shifted(to, by);
      }
      case "+":
      case "=": return resized(to, "end", 1);
      case "-": return resized(to, "end", -1);
      case "<": return resized(to, "start", -1);
      case ">": return resized(to, "start", 1);
      case "ArrowUp": return this.otherRow(to, -1);
      case "ArrowDown": return this.otherRow(to, 1);
      case "Enter":
      case " ": return this.save();
      case "Escape": return this.cancel();
      default: return undefined;
    }
  }

  otherRow(to, by) {
    if (this.model.view !== "people") return to;
    const at = Math.max(0, Math.min(this.model.names.length - 1, to.at + by));
    const home = placeOf(this.model, this.held.bar).at;
    return { ...to, at, lane: at === home ? this.held.bar.lane : 0 };
  }

  step(to) {
    const { to: before } = this.held;
    const same = ["start", "end", "at"].every((name) => before[name] === to[name]);
    this.held.to = to;
    this.view.reveal(to.at, to.start, to.end);
    this.ghost.show(to);
    const { model, words } = this;
    const span = words.span(model.monday(to.start), model.monday(to.end));
    words.speak(same ? words.say("edge") : words.say("at", { span, row: model.names[to.at][1] }));
  }

  save() {
    const { bar, to } = this.held;
    this.end();
    this.edits.put(bar, to);
    return null;
  }

  cancel() {
    this.end();
    this.words.speak(this.words.say("cancelled"));
    return null;
  }

  end() {
    this.held = null;
    this.ghost.hide();
    this.view.box.classList.remove("th-board-moving");
  }
}
