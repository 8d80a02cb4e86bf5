// One menu for the whole board: arrows walk, Enter does, Escape closes and gives the focus back.
import { make, svgIcon } from "./elements.js";

export class Menu {
  constructor(element, sprite) {
    this.element = element;
    this.sprite = sprite;
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("click", (event) => this.click(event));
    document.addEventListener("pointerdown", (event) => {
      if (!element.hidden && !element.contains(event.target)) this.close(false);
    });
    window.addEventListener("resize", () => this.close(false));
  }

  open(anchor, title, items) {
    this.anchor = anchor;
    this.items = items;
    this.element.setAttribute("aria-label", title);
    this.element.replaceChildren(make("p", "th-board-menu-title", title));
    items.forEach((item, at) => this.element.append(this.entry(item, at)));
    this.element.hidden = false;
    this.put(anchor.getBoundingClientRect());
    this.stops[0]?.focus();
  }

  get stops() {
    return [...this.element.querySelectorAll("[role=menuitem]:not([aria-disabled=true])")];
  }

  entry(item, at) {
    const element = make(item.href ? "a" : "button", "th-board-menu-item");
    if (item.href) element.href = item.href;
    else element.type = "button";
    element.setAttribute("role", "menuitem");
    element.tabIndex = -1;
    element.dataset.at = at;
    if (item.disabled) element.setAttribute("aria-disabled", "true");
    if (item.icon) element.append(svgIcon(this.sprite, item.icon));
    element.append(make("span", "", item.label));
    if (item.keys) element.append(make("kbd", "th-kbd", item.keys));
    return element;
  }

  put(box) {
    const { offsetWidth, offsetHeight } = this.element;
    const left = Math.max(8, Math.min(box.left, window.innerWidth - offsetWidth - 8));
    const below = box.bottom + 4;
    const top = below + offsetHeight > window.innerHeight ? box.top - offsetHeight - 4 : below;
    this.element.style.setProperty("left", `${left}px`);
    this.element.style.setProperty("top", `${Math.max(8, top)}px`);
  }

  key(event) {
    const { stops } = this;
    const at = stops.indexOf(document.activeElement);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 };
    if (event.key in steps) {
      event.preventDefault();
      stops[(steps[event.key] + stops.length) % stops.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      this.close(true);
    } else if (event.key.length === 1 && event.key !== " ") {
      const letter = event.key.toLowerCase();
      const order = [...stops.slice(at + 1), ...stops.slice(0, at + 1)];
      order.find((each) => each.textContent.trim().toLowerCase().startsWith(letter))?.focus();
    }
  }

  click(event) {
    const element = event.target.closest("[role=menuitem]");
    if (!element || element.getAttribute("aria-disabled")) return;
    const item = this.items[Number(element.dataset.at)];
    this.close(true);
    item.run?.();
  }

  close(back) {
    if (this.element.hidden) return;
    this.element.hidden = true;
    if (back && this.anchor?.isConnected) this.anchor.focus({ preventScroll: true });
    else if (back) this.onlost?.();
  }
}
