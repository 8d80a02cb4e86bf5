// Texts of the page (json_script), figures and dates in its language, and what is spoken.
import { isoWeek, mondayAt } from "./weeks.js";

export class Words {
  constructor(config) {
    this.texts = config.texts;
    this.months = new Intl.DateTimeFormat(config.language, { month: "short", timeZone: "UTC" });
    this.longMonths = new Intl.DateTimeFormat(config.language, {
      month: "short",
      year: "numeric",
      timeZone: "UTC",
    });
    this.times = new Intl.DateTimeFormat(config.language, {
      dateStyle: "medium",
      timeStyle: "short",
    });
    const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    this.shares = new Intl.NumberFormat(config.language, two);
    this.live = document.getElementById("th-live");
  }

  say(key, values = {}) {
    const found = this.texts[key] ?? key;
    return found.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  }

  speak(words) {
    if (!this.live) return;
    // The same words twice are read twice only if the text changes.
    this.live.textContent = this.live.textContent === words ? `${words}\u00a0` : words;
  }

  share(value) {
    return this.shares.format(value);
  }

  fte(value) {
    return this.say("fte", { share: this.share(value) });
  }

  week(monday) {
    return this.say("week", { week: String(isoWeek(monday).week).padStart(2, "0") });
  }

  span(startOn, endOn) {
    const last = mondayAt(endOn, -1);
    const year = isoWeek(last).year;
    const words = this.say("span", { first: this.week(startOn), last: this.week(last) });
    return startOn === last ? `${this.week(startOn)} ${year}` : `${words} ${year}`;
  }

  time(iso) {
    return this.times.format(new Date(iso));
  }

  // Heads of columns: "2026-11" as Nov or Nov 2026, "2026-4" as Q4, a Monday as W48, "2026".
  head(key, { long = false } = {}) {
    if (/^\d{4}-\d\d-\d\d$/.test(key)) return this.week(key);
    const [year, part] = key.split("-");
    if (!part) return year;
    if (part.length === 1) return `${this.say("quarter", { quarter: part })}`;
    const date = new Date(Date.UTC(Number(year), Number(part) - 1, 1));
    return (long ? this.longMonths : this.months).format(date);
  }

  name(bar) {
    if (bar.kind === "busy") return this.say("busy");
    if (bar.kind === "open") return `${bar.project_name} · ${bar.seat}`;
    return `${bar.name}, ${bar.project_name}`;
  }

  // A bar as it is read aloud: whose, what, how much, when, in which state.
  bar(bar) {
    const parts = [this.name(bar)];
    if (bar.slot) parts.push(bar.kind === "open" ? bar.phase : `${bar.seat}, ${bar.phase}`);
    parts.push(this.fte(bar.fte_share), this.span(bar.start_on, bar.end_on));
    if (bar.kind === "assignment") parts.push(this.say(bar.status));
    else if (bar.kind !== "busy") parts.push(this.say(bar.kind));
    if (bar.locked) parts.push(this.say("locked"));
    if (bar.must_fill && bar.kind === "open") parts.push(this.say("must_fill"));
    return parts.join(", ");
  }
}
