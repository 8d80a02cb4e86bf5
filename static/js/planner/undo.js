// Changes of this visit that can be taken back, the last one first; toasts with an Undo button.
import { make } from "./elements.js";
import { ApiError } from "./api.js";

const MOST = 50;

export class Undo {
  constructor({ api, words, button, reload }) {
    Object.assign(this, { api, words, button, reload });
    this.kept = [];
    button.addEventListener("click", () => this.run());
    document.addEventListener("keydown", (event) => {
      const key = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
      if (!key || event.shiftKey || document.querySelector("dialog[open]")) return;
      if (event.target.closest?.("input, textarea, select")) return;
      event.preventDefault();
      this.run();
    });
  }

  // what: what was done; again: what an undo has back; changes: ids of the plan changes;
  // inverse(reason): takes it back where the server cannot.
  push(entry) {
    this.kept.push(entry);
    this.kept.splice(0, this.kept.length - MOST);
    this.button.disabled = false;
    this.toast(entry.what, "success", entry);
  }

  async run(entry = this.kept[this.kept.length - 1]) {
    if (!entry) {
      this.words.speak(this.words.say("nothing_to_undo"));
      return;
    }
    this.kept = this.kept.filter((each) => each !== entry);
    this.button.disabled = !this.kept.length;
    try {
      await this.withReason((reason) => this.takeBack(entry, reason));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.toast(error.message, "error");
      this.words.speak(error.message);
      await this.reload(entry.rows);
      return;
    }
    const told = this.words.say("undone", { what: entry.again });
    this.toast(told, "success");
    this.words.speak(told);
    await this.reload(entry.rows);
  }

  async takeBack(entry, reason) {
    const changes = entry.changes?.every(Boolean) ? entry.changes : [];
    if (!changes.length || !this.api.urls.undo) return entry.inverse(reason);
    for (const change of [...changes].reverse()) {
      await this.api.send("POST", this.api.at("undo", change), { body: reason ? { reason } : {} });
    }
    return null;
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
        if (this.kept.includes(entry)) this.run(entry);
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
