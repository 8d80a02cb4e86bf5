// Whole weeks: dates are texts such as 2026-11-23 (Mondays), positions are whole numbers of weeks
// from the first one of the board.
const DAY_MS = 86_400_000;

const day = (text) => Math.round(Date.parse(`${text}T00:00:00Z`) / DAY_MS);
const text = (number) => new Date(number * DAY_MS).toISOString().slice(0, 10);

export const weeksFrom = (start, date) => Math.floor((day(date) - day(start)) / 7);
export const mondayAt = (start, position) => text(day(start) + 7 * position);

// ISO 8601: the week belongs to the year of its Thursday.
export function isoWeek(monday) {
  const thursday = day(monday) + 3;
  const year = new Date(thursday * DAY_MS).getUTCFullYear();
  return { year, week: Math.floor((thursday - day(`${year}-01-01`)) / 7) + 1 };
}

const monthOf = (monday) => text(day(monday) + 3).slice(0, 7);
const quarterOf = (monday) => {
  const [year, month] = monthOf(monday).split("-").map(Number);
  return `${year}-${Math.ceil(month / 3)}`;
};
const yearOf = (monday) => monthOf(monday).slice(0, 4);

// What a cell covers and what stands above it, by zoom. A week counts to the month of its Thursday.
const UNITS = {
  week: { cell: (monday) => monday, above: monthOf },
  month: { cell: monthOf, above: yearOf },
  quarter: { cell: quarterOf, above: yearOf },
};

function grouped(start, count, keyOf) {
  const groups = [];
  for (let at = 0; at < count; at += 1) {
    const key = keyOf(mondayAt(start, at));
    const last = groups[groups.length - 1];
    if (last && last.key === key) last.end = at + 1;
    else groups.push({ key, start: at, end: at + 1 });
  }
  return groups;
}

export function columns(start, count, zoom) {
  const unit = UNITS[zoom];
  return { cells: grouped(start, count, unit.cell), above: grouped(start, count, unit.above) };
}
