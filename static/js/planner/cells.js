// The strip of figures of a row: number, colour and mark a week, month or quarter.
import { gridcell, make, place } from "./elements.js";
import { need, person } from "./figures.js";

const FIGURE_PX = 34;

export class Cells {
  constructor(model, words, split) {
    this.model = model;
    this.words = words;
    this.split = split && model.view === "people";
  }

  strip(row) {
    const strip = make("div", "th-board-cells");
    if (row.load) strip.append(...this.list(row));
    else strip.append(gridcell("th-board-unseen", this.words.say("unseen")));
    return strip;
  }

  list(row) {
    return this.model.columns.cells.map((group) => {
      const figures = this.model.view === "people" ? person(row.load, group) : need(row.load, group);
      const cell = gridcell(`th-board-cell th-load-${figures.look}`);
      cell.dataset.item = `cell-${group.start}`;
      cell.tabIndex = -1;
      if (figures.shown !== null && this.roomy(group)) cell.textContent = this.words.share(figures.shown);
      if (figures.soft) cell.classList.add("th-load-tentative");
      place(cell, this.model, group.start, group.end);
      if (this.split && figures.taken > 0) cell.append(this.splitBar(figures));
      return cell;
    });
  }

  roomy({ start, end }) {
    return (end - start) * this.model.weekPx >= FIGURE_PX;
  }

  splitBar({ own, taken }) {
    const bar = make("span", "th-split");
    const part = make("span", "th-split-own");
    part.style.setProperty("width", `${Math.round((100 * own) / taken)}%`);
    bar.append(part);
    return bar;
  }

  // What a cell says in full: set when it gets the focus or the pointer, not for each of hundreds.
  spoken(row, start) {
    const group = this.model.columns.cells.find((each) => each.start === start);
    const week = this.words.head(group.key, { long: true });
    const share = (value) => this.words.share(value);
    if (this.model.view !== "people") {
      const { filled, needed, open } = need(row.load, group);
      const values = { filled: share(filled), needed: share(needed), open: share(open) };
      const told = this.words.say("cell_project", { name: row.name, week, ...values });
      return [told, ...this.mean(group)].join(", ");
    }
    const at = person(row.load, group);
    const state = this.words.texts.states[at.state];
    const values = { taken: share(at.taken), free: share(at.free), state };
    const parts = [this.words.say("cell_person", { name: row.name, week, ...values })];
    if (this.split) {
      const other = share(at.taken - at.own);
      parts.push(this.words.say("cell_split", { own: share(at.own), other }));
    }
    if (at.proposed) parts.push(this.words.say("cell_proposed", { share: share(at.proposed) }));
    if (group.end - group.start > 1 && at.most > at.taken) {
      const worst = this.words.week(this.model.monday(at.worst));
      parts.push(this.words.say("cell_worst", { week: worst, share: share(at.most) }));
    }
    return [...parts, ...this.mean(group)].join(", ");
  }

  mean({ start, end }) {
    return end - start > 1 ? [this.words.say("cell_mean")] : [];
  }
}
