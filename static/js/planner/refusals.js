// What the user can do when the server says no: give a reason, take what others did, or leave it.
import { ApiError } from "./api.js";

export class Refusals {
  constructor({ api, words, dialogs, tell }) {
    Object.assign(this, { api, words, dialogs, tell });
  }

  // Send until it is done (the answer) or given up (null). `send` gets {reason, version}.
  async attempt(bar, send) {
    const asked = { reason: "", version: bar.version };
    for (;;) {
      try {
        return await send(asked);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const next = await this.answer(error, bar);
        if (!next) return null;
        Object.assign(asked, next);
      }
    }
  }

  async answer(error, bar) {
    if (error.code === "needs_reason") return this.why(error, bar);
    if (error.status === 412) return this.stale(error, bar);
    const gone = error.status === 404 || error.code === "gone";
    this.tell(gone ? this.words.say("gone") : error.message);
    return null;
  }

  async why(error, bar) {
    const { words } = this;
    const clashes = error.details.clashes || [];
    const field = { name: "reason", label: words.say("reason"), required: true };
    const actions = [{ key: "do", label: words.say("overbook"), primary: true }];
    if (clashes.length && bar.kind === "assignment") {
      actions.push({ key: "move", label: words.say("other_weeks"), free: true });
      actions.push({ key: "split", label: words.say("split"), free: true });
    }
    const slot = this.api.at("slot_page", bar.slot) || this.api.at("assign_page", bar.slot);
    if (clashes.length && slot) actions.push({ label: words.say("queue"), href: slot });
    const chosen = await this.dialogs.ask({
      title: words.say(clashes.length ? "clash_title" : "guarded_title"),
      lines: clashes.length ? clashes.map(told) : [error.message],
      fields: [{ ...field, missing: words.say("reason_missing") }],
      actions,
    });
    if (chosen?.action === "do") return { reason: chosen.values.reason.trim() };
    if (chosen?.action === "move") this.onmove?.(bar);
    if (chosen?.action === "split") this.onsplit?.(bar);
    return null;
  }

  async stale(error, bar) {
    const { words } = this;
    const { current, by, at } = error.details;
    const lines = by ? [words.say("stale_by", { by, at: words.time(at) })] : [error.message];
    if (current) lines.push(words.say("stale_now", { bar: words.bar({ ...bar, ...current }) }));
    const chosen = await this.dialogs.ask({
      title: words.say("stale_title"),
      lines,
      actions: [
        { key: "theirs", label: words.say("keep_theirs"), primary: true },
        ...(current ? [{ key: "mine", label: words.say("apply_mine") }] : []),
      ],
    });
    return chosen?.action === "mine" ? { version: current.version } : null;
  }
}

const told = (clash) => {
  const weeks = (clash.weeks || []).map((week) => week.replace(/^\d+-/, ""));
  const shown = weeks.length > 6 ? `${weeks[0]} – ${weeks[weeks.length - 1]}` : weeks.join(", ");
  return shown ? `${clash.message} (${shown})` : clash.message;
};
