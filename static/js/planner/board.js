// The planner's page: puts its parts together and keeps what is shown in the address.
import { Actions } from "./actions.js";
import { Api, ApiError } from "./api.js";
import { Dialogs } from "./dialogs.js";
import { Drag } from "./drag.js";
import { Edits } from "./edits.js";
import { Ghost } from "./ghost.js";
import { Keyboard } from "./keyboard.js";
import { Menu } from "./menu.js";
import { barKey, Model } from "./model.js";
import { Moving } from "./moving.js";
import { Refusals } from "./refusals.js";
import { Tray } from "./tray.js";
import { Undo } from "./undo.js";
import { View } from "./view.js";
import { mondayAt } from "./weeks.js";
import { Words } from "./words.js";

const NARROW = window.matchMedia("(max-width: 767px)");
const STEPS = { week: 4, month: 13, quarter: 26 };

class Board {
  constructor(root) {
    const part = (name) => root.querySelector(`[data-planner-${name}]`);
    const config = JSON.parse(document.getElementById("planner-config").textContent);
    this.root = root;
    this.count = part("count");
    this.words = new Words(config);
    this.api = new Api(config.urls, this.words);
    this.model = new Model(config, this.api);
    this.view = new View(root.querySelector("[data-planner]"), this.model, this.words, config);
    this.tray = new Tray(part("tray"), this.model, this.words, config.icons);
    const { api, model, words, view, tray } = this;
    const reload = (rows) => this.refresh(rows);
    const shown = {
      tell: (text) => this.tell(text),
      preview: (bar, fields) => this.preview(bar, fields),
      refresh: (rows, key) => this.refresh(rows, key),
    };
    this.undo = new Undo({ api, words, undo: part("undo"), redo: part("redo"), reload });
    const dialogs = new Dialogs(part("dialog"), words, api);
    const menu = new Menu(part("menu"), config.icons);
    const refusals = new Refusals({ api, words, dialogs, tell: shown.tell });
    const edits = new Edits({ api, model, words, refusals, undo: this.undo, shown });
    const actions = new Actions({ api, model, words, dialogs, menu, edits, refusals });
    const ghost = new Ghost(view, model, words);
    const moving = new Moving({ view, model, words, ghost, edits });
    this.keyboard = new Keyboard({ view, model, words, actions, moving });
    this.drag = new Drag({ view, model, ghost, edits, tray });
    actions.onmove = (bar) => this.keyboard.focusBar(barKey(bar)) && moving.begin(bar);
    view.onerror = (error) => this.failed(error);
    view.onupdate = () => this.keyboard.keepStop();
    tray.list.addEventListener("click", (event) => {
      const item = event.target.closest("[data-tray]");
      if (item) actions.open(item, model.tray.bars[Number(item.dataset.tray)]);
    });
    this.toolbar();
  }

  toolbar() {
    for (const button of this.root.querySelectorAll("[data-planner-zoom]")) {
      button.addEventListener("click", () => this.zoom(button.dataset.plannerZoom));
    }
    for (const button of this.root.querySelectorAll("[data-planner-go]")) {
      button.addEventListener("click", () => this.go(button.dataset.plannerGo));
    }
    this.root.querySelector("[data-planner-proposal]")?.addEventListener("change", (event) => {
      this.model.proposal = event.target.checked;
      this.load();
    });
  }

  zoom(zoom) {
    const { model } = this;
    if (zoom === model.zoom) return;
    const same = model.counts[zoom] === model.count;
    model.zoom = zoom;
    for (const button of this.root.querySelectorAll("[data-planner-zoom]")) {
      button.setAttribute("aria-pressed", String(button.dataset.plannerZoom === zoom));
    }
    this.keep();
    if (same) requestAnimationFrame(() => setTimeout(() => this.view.draw()));
    else this.load();
  }

  go(where) {
    const { model } = this;
    const by = { earlier: -STEPS[model.zoom], later: STEPS[model.zoom], today: 0 }[where];
    model.start = where === "today" ? model.today : mondayAt(model.start, by);
    this.keep();
    this.load();
  }

  // The address opens the same weeks again; the filters keep them as well.
  keep() {
    const address = new URL(window.location.href);
    for (const [name, value] of [["from", this.model.start], ["zoom", this.model.zoom]]) {
      address.searchParams.set(name, value);
      const field = document.querySelector(`[data-planner-filters] [name=${name}]`);
      if (field) field.value = value;
    }
    window.history.replaceState(null, "", address);
    for (const link of this.root.querySelectorAll("[data-planner-view]")) {
      address.searchParams.set("view", link.dataset.plannerView);
      link.href = address.pathname + address.search;
    }
  }

  async load() {
    this.view.box.setAttribute("aria-busy", "true");
    try {
      await this.model.load();
    } catch (error) {
      this.failed(error);
      return;
    }
    this.view.draw();
    this.tray.draw();
    this.keyboard.keepStop();
    this.view.box.setAttribute("aria-busy", "false");
    this.count.textContent = this.words.say("rows_shown", { count: this.model.names.length });
  }

  // Rows that a change touched; the focus goes on with the bar.
  async refresh(rows, key) {
    try {
      await this.model.refresh(rows);
    } catch (error) {
      this.failed(error);
      return;
    }
    const inside = this.view.box.contains(document.activeElement);
    this.view.settle();
    this.tray.draw();
    const lost = document.activeElement === document.body;
    if (key && (inside || lost)) this.keyboard.focusBar(key);
  }

  // What was asked shows at once; the server's answer replaces it.
  preview(bar, fields) {
    const found = this.model.find(barKey(bar));
    if (!found || fields.person) return;
    const bars = found.row.bars.map((each) => (each === found.bar ? { ...each, ...fields } : each));
    this.model.rows.set(found.row.id, { ...found.row, bars });
    this.view.update();
  }

  tell(text) {
    this.undo.toast(text, "error");
    this.words.speak(text);
  }

  failed(error) {
    if (error.name === "AbortError") return;
    this.tell(error instanceof ApiError ? error.message : this.words.say("failed"));
    if (!(error instanceof ApiError)) throw error;
  }
}

function filters() {
  const form = document.querySelector("[data-planner-filters]");
  form?.addEventListener("change", () => form.requestSubmit());
  // Empty fields would only make the address longer.
  form?.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (!value) event.formData.delete(name);
  });
}

// A narrow screen shows the list instead; one that is turned gets the board when it is wide.
function start() {
  const root = document.querySelector("[data-planner-wide]");
  if (!root || NARROW.matches || root.board) return;
  root.board = new Board(root);
  root.board.load();
}

filters();
start();
NARROW.addEventListener("change", start);
