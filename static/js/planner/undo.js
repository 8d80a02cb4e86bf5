// Changes of this visit that can be taken back and done again, the last one first; toasts with an
// Undo button.
import { make } from "./elements.js";
import { ApiError } from "./api.js";

const MOST = 50;

// Ctrl Z, Ctrl Y or Ctrl Shift Z.
function asked(event) {
  if (!event.ctrlKey && !event.metaKey) return "";
  const key = event.key.toLowerCase();
  if (key === "z") return event.shiftKey ? "redo" : "undo";
  return key === "y" && !event.shiftKey ? "redo" : "";
}

export class Undo {
  constructor({ api, words, undo, redo, reload }) {
    Object.assign(this, { api, words, buttons: { undo, redo }, reload });
    this.kept = { undo: [], redo: [] };
    for (const way of ["undo", "redo"]) this.buttons[way].addEventListener("click", () => this.run(way));
    document.addEventListener("keydown", (event) => {
      const way = asked(event);
      if (!way || document.querySelector("dialog[open]")) return;
      if (event.target.closest?.("input, textarea, select")) return;
      event.preventDefault();
      this.run(way);
    });
  }

  // what: what was done; again: what an undo has back; changes: ids of the plan changes;
  // inverse(reason): takes it back where the server cannot.
  push(entry) {
    this.keep("undo", entry);
    this.forget("redo");
    this.toast(entry.what, "success", entry);
  }

  keep(way, entry) {
    this.kept[way].push(entry);
    this.kept[way].splice(0, this.kept[way].length - MOST);
    this.buttons[way].disabled = false;
  }

  // This entry, or all.
  forget(way, entry) {
    this.kept[way] = this.kept[way].filter((each) => entry && each !== entry);
    this.buttons[way].disabled = !this.kept[way].length;
  }

  async run(way, entry = this.kept[way][this.kept[way].length - 1]) {
    if (!entry) {
      this.words.speak(this.words.say(`nothing_to_${way}`));
      return;
    }
    this.forget(way, entry);
    let changes;
    try {
      changes = await this.withReason((reason) => this.takeBack(entry, reason));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.toast(error.message, "error");
      this.words.speak(error.message);
      await this.reload(entry.rows);
      return;
    }
    // Taking back what was taken back is the other way.
    if (changes) this.keep(way === "undo" ? "redo" : "undo", { ...entry, changes });
    const told = way === "undo"
      ? this.words.say("undone", { what: entry.again })
      : this.words.say("redone", { what: entry.what });
    this.toast(told, "success");
    this.words.speak(told);
    await this.reload(entry.rows);
  }

  // The plan changes that take back those of the entry; null where no later step can name them.
  async takeBack(entry, reason) {
    const changes = entry.changes?.every(Boolean) ? entry.changes : [];
    if (!changes.length || !this.api.urls.undo) {
      await entry.inverse(reason);
      return null;
    }
    const made = [];
    for (const change of [...changes].reverse()) {
      const body = reason ? { reason } : {};
      const answer = await this.api.send("POST", this.api.at("undo", change), { body });
      made.push(answer.change);
    }
    return made;
  }

  // Whoever may change a plan may take the change back: where rules ask why, it is said.
  async withReason(send) {
    try {
      return await send();
    } catch (error) {
      if (error.code !== "needs_reason") throw error;
      return send(this.words.say("undo_reason"));
    }
  }

  toast(text, level, entry) {
    const region = document.getElementById("th-alerts");
    const toast = make("div", `th-toast th-toast-${level}`);
    toast.setAttribute("role", level === "error" ? "alert" : "status");
    toast.dataset.toast = level;
    toast.append(make("div", "th-toast-text", text));
    if (entry) {
      const undo = make("button", "btn btn-sm", this.words.say("undo"));
      undo.type = "button";
      undo.addEventListener("click", () => {
        toast.remove();
        if (this.kept.undo.includes(entry)) this.run("undo", entry);
      });
      toast.append(undo);
    }
    const close = make("button", "th-icon-button", "×");
    close.type = "button";
    close.dataset.toastClose = "";
    close.setAttribute("aria-label", this.words.say("close"));
    toast.append(close);
    for (const old of region.querySelectorAll("[data-planner-toast]")) old.remove();
    if (entry) toast.dataset.plannerToast = "";
    region.append(toast);
  }
}
