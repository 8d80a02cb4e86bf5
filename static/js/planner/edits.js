// Changes of the plan: sent with the version that was read, told, and kept for Undo. One at a time,
// so that two quick steps do not refuse each other.
import { barKey } from "./model.js";

export class Edits {
  constructor({ api, model, words, refusals, undo, shown }) {
    Object.assign(this, { api, model, words, refusals, undo, shown });
    this.line = Promise.resolve();
  }

  queue(job) {
    this.line = this.line.then(job).catch((error) => {
      this.shown.tell(this.words.say("failed"));
      throw error;
    });
    return this.line;
  }

  // The bar as the board knows it now: a step before may have changed it.
  now(bar) {
    return this.model.find(barKey(bar))?.bar || bar;
  }

  short(bar) {
    return bar.kind === "open" ? this.words.name(bar) : `${bar.name}, ${bar.project_name}`;
  }

  // Where a bar was dropped: {start, end, at} in weeks and rows.
  put(bar, to) {
    return this.queue(async () => {
      const { model, words } = this;
      const fields = {};
      const [startOn, endOn] = [model.monday(to.start), model.monday(to.end)];
      if (startOn !== bar.start_on) fields.start_on = startOn;
      if (endOn !== bar.end_on) fields.end_on = endOn;
      const [id, name] = model.names[to.at] || [];
      const handed = model.view === "people" && id !== bar.person_id;
      if (handed) fields.person = model.rows.get(id)?.key ?? String(id);
      if (!Object.keys(fields).length) return;
      const what = handed
        ? words.say("given", { bar: this.short(bar), person: name })
        : words.say("moved", { bar: this.short(bar), span: words.span(startOn, endOn) });
      await this.patch(this.now(bar), fields, what, handed ? [id] : []);
    });
  }

  set(bar, fields, what) {
    return this.queue(() => this.patch(this.now(bar), fields, what));
  }

  // What an undo says: the state that is back, not the one that is gone.
  again(bar, fields) {
    const { words } = this;
    const parts = [];
    if (fields.person) parts.push(bar.name);
    if (fields.start_on || fields.end_on) parts.push(words.span(bar.start_on, bar.end_on));
    if (fields.fte_share !== undefined) parts.push(words.fte(bar.fte_share));
    if (fields.status) parts.push(words.say(bar.status));
    if (!parts.length) return words.say("as_before", { bar: this.short(bar) });
    const name = fields.person ? `${bar.project_name} · ${bar.seat}` : this.short(bar);
    return words.say("again", { bar: name, state: parts.join(", ") });
  }

  async patch(bar, fields, what, rows = []) {
    const before = Object.fromEntries(Object.keys(fields).map((name) => [name, bar[name]]));
    const again = this.again(bar, fields);
    this.shown.preview(bar, fields);
    const answer = await this.refusals.attempt(bar, (asked) => this.send(bar.id, fields, asked));
    const touched = this.rowsOf(bar, rows);
    if (answer) {
      const inverse = (reason) =>
        this.send(answer.id, before, { reason, version: answer.version });
      this.done(what, [answer], touched, inverse, again);
    }
    const focus = answer ? `assignment-${answer.id}` : barKey(bar);
    await this.shown.refresh(touched, focus);
  }

  send(id, fields, { reason, version }) {
    const body = reason ? { ...fields, reason } : fields;
    return this.api.send("PATCH", this.api.at("assignment", id), { body, version });
  }

  create(fields, reason) {
    const body = reason ? { ...fields, reason } : fields;
    return this.api.send("POST", this.api.urls.assignments, { body });
  }

  end({ id, version }, reason) {
    const query = reason ? `?${new URLSearchParams({ reason })}` : "";
    return this.api.send("DELETE", this.api.at("assignment", id) + query, { version });
  }

  done(what, answers, rows, inverse, again) {
    const changes = answers.map((each) => each.change);
    this.undo.push({ what, again, changes, rows, inverse });
    this.words.speak(what);
  }

  rowsOf(bar, more = []) {
    return [...new Set([this.model.rowOf(bar), ...more].filter(Boolean))];
  }

  // An open slot to somebody: [id, name] of a row, or {key, name} of a search.
  assignTo(bar, who) {
    return this.queue(async () => {
      const [id, name] = Array.isArray(who) ? who : [null, who.name];
      const row = id && this.model.rows.get(id);
      const fields = {
        slot: bar.slot,
        person: row ? row.key : (who.key ?? String(id)),
        start_on: bar.start_on,
        end_on: bar.end_on,
        fte_share: bar.fte_share,
      };
      const answer = await this.refusals.attempt(bar, ({ reason }) => this.create(fields, reason));
      if (!answer) return;
      const span = this.words.span(bar.start_on, bar.end_on);
      const what = this.words.say("assigned", { person: name, bar: this.short(bar), span });
      const rows = this.model.view === "people" ? this.rowsByKey(answer.person) : [bar.project_id];
      const again = this.words.say("open_again", { bar: this.short(bar) });
      this.done(what, [answer], rows, (reason) => this.end(answer, reason), again);
      await this.shown.refresh(rows, `assignment-${answer.id}`);
    });
  }

  rowsByKey(key) {
    return [...this.model.rows.values()].filter((row) => row.key === key).map((row) => row.id);
  }

  give(bar, who) {
    return this.queue(() => {
      const what = this.words.say("given", { bar: this.short(bar), person: who.name });
      const rows = this.model.view === "people" ? this.rowsByKey(who.key) : [];
      return this.patch(this.now(bar), { person: who.key }, what, rows);
    });
  }

  remove(old, reason) {
    return this.queue(async () => {
      const bar = this.now(old);
      const answer = await this.refusals.attempt(bar, (asked) =>
        this.end({ id: bar.id, version: asked.version }, asked.reason || reason),
      );
      const rows = this.rowsOf(bar);
      if (answer) {
        const what = this.words.say("removed", { bar: this.short(bar) });
        const again = this.again(bar, { start_on: true });
        this.done(what, [answer], rows, (why) => this.create(whole(bar), why), again);
      }
      await this.shown.refresh(rows, answer ? null : barKey(bar));
    });
  }

  // From a week on somebody else, or the same person in an assignment of its own.
  split(old, monday, who) {
    return this.queue(async () => {
      const bar = this.now(old);
      const first = await this.refusals.attempt(bar, (asked) =>
        this.send(bar.id, { end_on: monday }, asked),
      );
      const rows = this.rowsOf(bar, this.model.view === "people" ? this.rowsByKey(who) : []);
      if (first) {
        const back = (reason) =>
          this.send(first.id, { end_on: bar.end_on }, { reason, version: first.version });
        const rest = { ...whole(bar), person: who, start_on: monday };
        const second = await this.refusals.attempt(bar, ({ reason }) => this.create(rest, reason));
        const week = this.words.week(monday);
        const what = this.words.say("was_split", { bar: this.short(bar), week });
        if (!second) await this.undo.withReason(back);
        else {
          this.done(what, [first, second], rows, async (reason) => {
            await this.end(second, reason);
            await back(reason);
          }, this.words.say("as_before", { bar: this.short(bar) }));
        }
      }
      await this.shown.refresh(rows, barKey(bar));
    });
  }
}

const whole = ({ slot, person, start_on, end_on, fte_share, status, locked }) => ({
  slot,
  person,
  start_on,
  end_on,
  fte_share,
  status,
  locked,
});
