// Rows of the board: all names at once, the rest when they come into sight.
import { columns, mondayAt, weeksFrom } from "./weeks.js";

export const CELL_PX = 26; // height of the strip of figures
export const LANE_PX = 28;
const LEAST_PX = 48; // name and department stand in two lines
const SPARE_PX = 8;
const CHUNK = 40;

export class Model {
  constructor(config, api) {
    this.api = api;
    this.view = config.view;
    this.zoom = config.zoom;
    this.counts = config.weeks;
    this.start = config.from;
    this.today = config.today;
    this.filters = config.filters;
    this.proposal = config.proposal;
    this.names = [];
    this.rows = new Map();
    this.tray = { count: 0, bars: [] };
    this.asked = new Set();
  }

  get count() {
    return this.counts[this.zoom];
  }

  get columns() {
    const key = `${this.start} ${this.count} ${this.zoom}`;
    if (this.columnsOf !== key) {
      this.columnsOf = key;
      this.found = columns(this.start, this.count, this.zoom);
    }
    return this.found;
  }

  position(date) {
    return weeksFrom(this.start, date);
  }

  monday(position) {
    return mondayAt(this.start, position);
  }

  query(more) {
    const base = { view: this.view, from: this.start, weeks: this.count, ...this.filters };
    return { ...base, ...(this.proposal ? { proposal: 1 } : {}), ...more };
  }

  // Start anew: after another start, zoom or proposal.
  async load() {
    this.loading?.abort();
    this.loading = new AbortController();
    const { signal } = this.loading;
    const [first] = await Promise.all([
      this.api.board(this.query({ names: 1, limit: CHUNK }), signal),
      this.loadTray(signal),
    ]);
    this.names = first.names;
    this.index = new Map(first.names.map(([id], at) => [id, at]));
    this.rows = new Map();
    this.asked = new Set();
    this.take(first.results);
  }

  async loadTray(signal) {
    const query = { view: "open", from: this.start, weeks: this.count, limit: 200 };
    const { search, over, ...filters } = this.filters;
    const answer = await this.api.board({ ...query, ...filters }, signal);
    this.tray = { count: answer.count, bars: answer.results };
  }

  take(rows) {
    for (const row of rows) this.rows.set(row.id, row);
    this.measure();
  }

  measure() {
    let top = 0;
    this.tops = this.names.map(([id]) => {
      const at = top;
      top += this.heightOf(this.rows.get(id));
      return at;
    });
    this.height = top;
  }

  heightOf(row) {
    const lanes = row ? Math.max(row.lanes, 0) : 1;
    return Math.max(LEAST_PX, CELL_PX + lanes * LANE_PX + SPARE_PX);
  }

  heightAt(at) {
    return this.heightOf(this.rowAt(at));
  }

  rowAt(at) {
    return this.names[at] && this.rows.get(this.names[at][0]);
  }

  // The row that this many pixels from the top lie in.
  rowUnder(y) {
    let low = 0;
    let high = this.names.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // Read those of these rows that are not here yet; true if something came.
  async need(first, last) {
    const ids = [];
    for (let at = first; at <= last && ids.length < CHUNK; at += 1) {
      const [id] = this.names[at];
      if (!this.rows.has(id) && !this.asked.has(id)) ids.push(id);
    }
    if (!ids.length) return false;
    for (const id of ids) this.asked.add(id);
    try {
      await this.read(ids);
    } catch (error) {
      for (const id of ids) this.asked.delete(id);
      if (error.name !== "AbortError") throw error;
      return false;
    }
    return true;
  }

  async read(ids) {
    const { start, zoom } = this;
    const query = this.query({ ids: ids.join(","), limit: CHUNK });
    const answer = await this.api.board(query, this.loading?.signal);
    if (start === this.start && zoom === this.zoom) this.take(answer.results);
  }

  // After a change: rows that it touches, and what is open. Rows left by their filter stay shown.
  async refresh(ids) {
    const shown = ids.filter((id) => this.rows.has(id));
    await Promise.all([shown.length ? this.read(shown) : null, this.loadTray()]);
  }

  rowOf(bar) {
    return this.view === "people" ? bar.person_id : bar.project_id;
  }

  find(key) {
    for (const row of this.rows.values()) {
      const bar = row.bars.find((each) => barKey(each) === key);
      if (bar) return { row, bar };
    }
    return null;
  }
}

export const barKey = (bar) =>
  bar.id ? `${bar.kind}-${bar.id}` : `${bar.kind}-${bar.slot ?? ""}-${bar.start_on}`;
