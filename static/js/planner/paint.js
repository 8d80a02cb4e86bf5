// Elements of the board. Texts go in as text, sizes through the style object: no markup, no inline
// style, as the content security policy asks.
import { Cells } from "./cells.js";
import { gridcell, make, place, svgIcon } from "./elements.js";
import { barKey, CELL_PX, LANE_PX } from "./model.js";

const HEAD_PX = 28;
const [SHORT_PX, BARE_PX] = [58, 30]; // bars that have room for the share only, for nothing

export class Painter {
  constructor(model, words, config) {
    this.model = model;
    this.words = words;
    this.icons = config.icons;
    this.urls = config.urls;
    this.cells = new Cells(model, words, Boolean(config.filters.project));
  }

  head() {
    const { cells, above } = this.model.columns;
    const lines = document.createDocumentFragment();
    const now = this.model.position(this.model.today);
    for (const [groups, long] of [[above, true], [cells, false]]) {
      const line = make("div", "th-board-line");
      line.setAttribute("role", "row");
      const corner = make("div", "th-board-corner");
      if (!long) {
        corner.setAttribute("role", "columnheader");
        corner.textContent = this.words.texts.rows_of[this.model.view];
      }
      const track = make("div", "th-board-heads");
      for (const group of groups) {
        const head = make("div", "th-board-column", this.headOf(group, long));
        head.setAttribute("role", "columnheader");
        if (!long && group.start <= now && now < group.end) head.classList.add("th-now");
        place(head, this.model, group.start, group.end);
        track.append(head);
      }
      line.append(corner, track);
      lines.append(line);
    }
    return lines;
  }

  // What fits over a few weeks at the edge: "Nov 2026", "Nov", or nothing.
  headOf({ key, start, end }, long) {
    const width = (end - start) * this.model.weekPx;
    if (width < HEAD_PX) return "";
    return this.words.head(key, { long: long && width > 2 * HEAD_PX });
  }

  row(at) {
    const [id, name, sub] = this.model.names[at];
    const row = this.model.rows.get(id);
    const element = make("div", "th-board-row");
    element.setAttribute("role", "row");
    element.setAttribute("aria-rowindex", String(at + 3));
    element.dataset.at = at;
    const side = make("div", "th-board-side");
    side.setAttribute("role", "rowheader");
    const page = this.model.view === "people" ? "person_page" : "project_page";
    const link = make("a", "th-board-name", name);
    link.href = this.urls[page].replace("/0/", `/${id}/`);
    link.tabIndex = -1;
    link.dataset.item = "head";
    side.append(link, make("span", "th-sub", sub));
    const track = make("div", "th-board-track");
    element.append(side, track);
    if (row) track.append(this.cells.strip(row), this.bars(row));
    else track.append(gridcell("th-board-wait", this.words.say("loading")));
    return element;
  }

  bars(row) {
    const box = gridcell("th-board-bars");
    box.append(...row.bars.map((bar) => this.bar(bar)));
    return box;
  }

  bar(bar) {
    const { model, words } = this;
    const look = bar.kind === "assignment" ? bar.status : bar.kind;
    const element = make("button", `th-bar th-plan th-plan-${look}`);
    element.type = "button";
    element.tabIndex = -1;
    element.dataset.item = barKey(bar);
    element.title = words.bar(bar);
    const start = Math.max(0, model.position(bar.start_on));
    const end = Math.min(model.count, model.position(bar.end_on));
    place(element, model, start, end);
    element.style.setProperty("top", `${CELL_PX + 3 + bar.lane * LANE_PX}px`);
    if (bar.kind === "busy") element.setAttribute("aria-disabled", "true");
    else element.setAttribute("aria-haspopup", "menu");
    const text = make("span", "th-bar-text");
    if (bar.locked && (end - start) * model.weekPx >= SHORT_PX) text.append(svgIcon(this.icons, "lock"));
    const width = (end - start) * model.weekPx;
    if (width >= BARE_PX) text.append(make("span", "th-bar-share", words.share(bar.fte_share)), " ");
    if (width >= SHORT_PX) text.append(this.label(bar));
    else element.classList.add("th-bar-short");
    element.append(text);
    // What is seen comes first: who speaks to the computer says it (WCAG 2.5.3).
    const seen = text.textContent.trim();
    element.setAttribute("aria-label", seen ? `${seen}, ${words.bar(bar)}` : words.bar(bar));
    if (bar.must_fill && bar.kind === "open") element.classList.add("th-plan-must");
    if (bar.editable && bar.kind === "assignment") {
      element.classList.add("th-bar-movable");
      element.append(make("span", "th-grip th-grip-start"), make("span", "th-grip th-grip-end"));
    }
    return element;
  }

  label(bar) {
    if (bar.kind === "busy") return this.words.say("busy");
    if (this.model.view === "people") return `${bar.project_name} · ${bar.seat}`;
    return bar.kind === "open" ? bar.seat : `${bar.name} · ${bar.seat}`;
  }
}
