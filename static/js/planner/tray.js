// Open slots under the board: each can be dragged onto a person, and has a menu.
import { make, svgIcon } from "./elements.js";

const FIRST = 24;
const KEY = "teamhub:planner-tray";
const LOW_PX = 900; // on a lower screen the board needs the room

export class Tray {
  constructor(root, model, words, sprite) {
    this.root = root;
    this.model = model;
    this.words = words;
    this.sprite = sprite;
    this.list = root.querySelector("[data-planner-tray-list]");
    this.title = root.querySelector("[data-planner-tray-title]");
    this.shown = FIRST;
    this.button = root.querySelector("[data-planner-tray-fold]");
    const kept = localStorage.getItem(KEY);
    this.fold(kept === null ? window.innerHeight < LOW_PX : kept === "folded");
    this.button.addEventListener("click", () => {
      const folded = !this.list.hidden;
      localStorage.setItem(KEY, folded ? "folded" : "open");
      this.fold(folded);
    });
  }

  fold(folded) {
    this.list.hidden = folded;
    this.root.toggleAttribute("data-folded", folded);
    this.button.setAttribute("aria-expanded", String(!folded));
  }

  draw() {
    const { bars, count } = this.model.tray;
    this.title.textContent = this.words.say("tray_count", { count });
    this.root.toggleAttribute("data-fixed", !bars.some((bar) => bar.editable));
    const held = this.list.contains(document.activeElement) && document.activeElement.dataset.key;
    const items = bars.slice(0, this.shown).map((bar, at) => this.item(bar, at));
    if (!count) items.push(make("li", "th-tray-none", this.words.say("tray_none")));
    if (bars.length > this.shown) items.push(this.more(bars.length));
    this.list.replaceChildren(...items);
    if (held) this.list.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
  }

  more(count) {
    const item = make("li");
    const button = make("button", "btn btn-sm", this.words.say("tray_more", { count }));
    button.type = "button";
    button.addEventListener("click", () => {
      this.shown = Infinity;
      this.draw();
      this.list.querySelectorAll("button")[FIRST]?.focus();
    });
    item.append(button);
    return item;
  }

  item(bar, at) {
    const { words } = this;
    const item = make("li");
    const button = make("button", "th-tray-item");
    button.type = "button";
    button.dataset.tray = at;
    button.dataset.key = `${bar.slot}-${bar.start_on}`;
    button.setAttribute("aria-haspopup", "menu");
    button.title = words.bar(bar);
    button.classList.toggle("th-plan-must", bar.must_fill);
    button.classList.toggle("th-tray-fixed", !bar.editable);
    const text = make("span", "th-tray-text");
    text.append(make("strong", "", bar.seat), " ", make("span", "th-sub", bar.project_name));
    const when = make("span", "th-tray-when", words.fte(bar.fte_share));
    if (bar.must_fill) when.append(make("span", "visually-hidden", ` ${words.say("must_fill")} `));
    when.append(" ", make("span", "th-sub", words.span(bar.start_on, bar.end_on)));
    button.append(svgIcon(this.sprite, bar.must_fill ? "flag" : "user-question"), text, " ", when);
    item.append(button);
    return item;
  }
}
