// The menus of bars, cells and open slots: every drag is here as well, without a pointer.
import { placeOf, shifted } from "./ghost.js";

const HERE = 8; // open slots offered in the menu of a week, those that suit the person first

export class Actions {
  constructor({ api, model, words, dialogs, menu, edits, refusals }) {
    Object.assign(this, { api, model, words, dialogs, menu, edits });
    refusals.onsplit = (bar) => this.split(bar);
    refusals.onmove = (bar) => this.onmove?.(bar);
  }

  open(anchor, bar) {
    const lists = { assignment: "ofAssignment", open: "ofSlot", proposed: "ofProposal" };
    const list = lists[bar.kind];
    if (!list) return;
    this.menu.open(anchor, this.words.say("menu_of", { bar: this.words.name(bar) }), this[list](bar));
  }

  links(bar) {
    const { api, words } = this;
    const slot = api.at("slot_page", bar.slot);
    return [
      ...(slot && bar.editable
        ? [{ label: words.say("open_slot"), icon: "users-group", href: slot }]
        : []),
      { label: words.say("open_project"), icon: "folders", href: api.at("project_page", bar.project_id) },
    ];
  }

  ofAssignment(bar) {
    const { api, words } = this;
    if (!bar.editable) return this.links(bar);
    const place = placeOf(this.model, bar);
    const go = (key, to, icon, keys) => ({
      label: words.say(key),
      icon,
      keys,
      disabled: to.start === place.start && to.end === place.end,
      run: () => this.edits.put(bar, to),
    });
    const what = words.say("changed", { bar: this.edits.short(bar) });
    const locked = { locked: !bar.locked };
    const status = bar.status === "tentative" ? "confirmed" : "tentative";
    const item = (key, icon, run, keys) => ({ label: words.say(key), icon, run, keys });
    return [
      go("earlier", shifted(place, -1), "arrow-left"),
      go("later", shifted(place, 1), "arrow-right"),
      item("move_mode", "keyboard", () => this.onmove?.(bar), "M"),
      item("dates", "calendar", () => this.dates(bar)),
      item("share", "scale", () => this.share(bar)),
      item(bar.locked ? "unlock" : "lock", bar.locked ? "lock-open" : "lock", () =>
        this.edits.set(bar, locked, what),
      ),
      item(status === "confirmed" ? "confirm" : "make_tentative", "circle-dashed", () =>
        this.edits.set(bar, { status }, what),
      ),
      item("give", "user-plus", () => this.give(bar)),
      { ...item("split", "copy", () => this.split(bar)), disabled: place.end - place.start < 2 },
      item("remove", "trash", () => this.remove(bar)),
      ...this.links(bar),
      { label: words.say("open_page"), icon: "pencil", href: api.at("assignment_page", bar.id) },
    ];
  }

  ofSlot(bar) {
    const { words, api } = this;
    if (!bar.editable) return this.links(bar);
    const page = { label: words.say("open_slot"), icon: "users-group" };
    const links = this.links(bar);
    if (links.length < 2) links.unshift({ ...page, href: api.at("assign_page", bar.slot) });
    return [
      { label: words.say("assign"), icon: "user-plus", run: () => this.assign(bar) },
      ...links,
    ];
  }

  ofProposal(bar) {
    const href = `/staffing/${bar.run}/`;
    const look = { label: this.words.say("open_proposal"), icon: "sparkles", href };
    return [look, ...this.links(bar)];
  }

  // A week of a person: which open slots could be theirs.
  ofWeek(anchor, row, start, end) {
    const { model, words } = this;
    const suits = (bar) => !bar.suits || bar.suits.includes(row.id);
    const here = model.tray.bars.filter(
      (bar) => bar.editable && model.position(bar.start_on) < end && model.position(bar.end_on) > start,
    );
    const found = [...here.filter(suits), ...here.filter((bar) => !suits(bar))];
    const items = found.slice(0, HERE).map((bar) => ({
      label: words.say(suits(bar) ? "assign_here" : "assign_unsuited", { slot: words.name(bar) }),
      icon: suits(bar) ? "user-plus" : "alert-triangle",
      run: () => this.edits.assignTo(bar, [row.id, row.name]),
    }));
    if (!items.length) items.push({ label: words.say("nothing_open"), disabled: true });
    this.menu.open(anchor, anchor.getAttribute("aria-label") || row.name, items);
  }

  save(title, fields) {
    const actions = [{ key: "save", label: this.words.say("save"), primary: true }];
    return this.dialogs.ask({ title, fields, actions });
  }

  weeks(first, last) {
    const options = [];
    for (let at = first; at <= last; at += 1) {
      const monday = this.model.monday(at);
      options.push([monday, this.words.span(monday, this.model.monday(at + 1))]);
    }
    return options;
  }

  async dates(bar) {
    const { words, model } = this;
    const place = placeOf(model, bar);
    const options = this.weeks(place.least, place.most - 1);
    const chosen = await this.save(words.name(bar), [
      { name: "first", label: words.say("first_week"), kind: "choice", options, value: bar.start_on },
      {
        name: "last",
        label: words.say("last_week"),
        kind: "choice",
        options,
        value: model.monday(place.end - 1),
      },
    ]);
    if (!chosen) return;
    const [one, other] = [chosen.values.first, chosen.values.last].map((day) => model.position(day));
    const to = { ...place, start: Math.min(one, other), end: Math.max(one, other) + 1 };
    await this.edits.put(bar, to);
  }

  async share(bar) {
    const { words } = this;
    const label = words.say("share_label");
    const field = { name: "share", label, kind: "share", value: bar.fte_share };
    Object.assign(field, { required: true, missing: label });
    const chosen = await this.save(words.name(bar), [field]);
    if (!chosen) return;
    const share = Math.round(Number(chosen.values.share) * 100) / 100;
    const what = words.say("shared", { bar: this.edits.short(bar), share: words.fte(share) });
    await this.edits.set(bar, { fte_share: share }, what);
  }

  // `search`: whom the list begins with.
  whoField(label, search = "") {
    const missing = this.words.say("find_person");
    return { name: "person", label, kind: "person", required: true, missing, search };
  }

  // Ask for a person; the name belongs to the option that was chosen.
  async who(title, label) {
    const chosen = await this.save(title, [this.whoField(label)]);
    if (!chosen) return null;
    const select = this.dialogs.element.querySelector("select[name=person]");
    return { key: chosen.values.person, name: select.selectedOptions[0].textContent };
  }

  async give(bar) {
    const who = await this.who(this.words.name(bar), this.words.say("person"));
    if (who) await this.edits.give(bar, who);
  }

  async assign(bar) {
    const who = await this.who(this.words.name(bar), this.words.say("person"));
    if (who) await this.edits.assignTo(bar, who);
  }

  async split(bar) {
    const { words } = this;
    const place = placeOf(this.model, bar);
    const options = this.weeks(place.start + 1, place.end - 1);
    const chosen = await this.save(words.name(bar), [
      {
        name: "week",
        label: words.say("split_from"),
        kind: "choice",
        options,
        value: options[options.length >> 1]?.[0],
      },
      this.whoField(words.say("split_who"), bar.name),
    ]);
    if (chosen) await this.edits.split(bar, chosen.values.week, chosen.values.person);
  }

  async remove(bar) {
    const { words } = this;
    const chosen = await this.dialogs.ask({
      title: words.say("remove_title"),
      lines: [words.say("remove_text", { bar: words.bar(bar) })],
      fields: [{ name: "reason", label: words.say("reason") }],
      actions: [{ key: "remove", label: words.say("remove"), primary: true }],
    });
    if (chosen) await this.edits.remove(bar, chosen.values.reason.trim());
  }
}

