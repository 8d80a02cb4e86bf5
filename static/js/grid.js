// Arrow keys in a table with data-grid: one stop of the Tab key, the focus walks by arrows, Home,
// End, Ctrl+Home, Ctrl+End and Page Up/Down. A cell's link or button takes the focus of its cell.
const PAGE_ROWS = 10;

const stop = (cell) => cell.querySelector("a, button, input, select") || cell;
const rows = (table) => [...table.rows].map((row) => [...row.cells]);

function prepare(table) {
  if (table.dataset.gridReady) return;
  table.dataset.gridReady = "1";
  for (const row of rows(table)) for (const cell of row) stop(cell).tabIndex = -1;
  const body = table.tBodies[0]?.rows[0]?.cells;
  const start = body && (body[1] || body[0]);
  if (start) stop(start).tabIndex = 0;
}

function place(table, cell) {
  const grid = rows(table);
  const y = grid.findIndex((row) => row.includes(cell));
  return [grid, y, grid[y].indexOf(cell)];
}

function target(event, grid, y, x) {
  const last = (row) => grid[row].length - 1;
  switch (event.key) {
    case "ArrowRight": return [y, x + 1];
    case "ArrowLeft": return [y, x - 1];
    case "ArrowDown": return [y + 1, x];
    case "ArrowUp": return [y - 1, x];
    case "PageDown": return [Math.min(y + PAGE_ROWS, grid.length - 1), x];
    case "PageUp": return [Math.max(y - PAGE_ROWS, 0), x];
    case "Home": return [event.ctrlKey ? 0 : y, 0];
    case "End": return event.ctrlKey ? [grid.length - 1, last(grid.length - 1)] : [y, last(y)];
    default: return null;
  }
}

function move(table, cell) {
  for (const old of table.querySelectorAll("[tabindex='0']")) old.tabIndex = -1;
  const next = stop(cell);
  next.tabIndex = 0;
  next.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (!(event.target instanceof Element) || event.altKey || event.metaKey) return;
  const table = event.target.closest("table[data-grid]");
  const cell = event.target.closest("td, th");
  if (!table || !cell || event.target.matches("input, select, textarea")) return;
  const [grid, y, x] = place(table, cell);
  const found = target(event, grid, y, x);
  const next = found && grid[found[0]]?.[found[1]];
  if (!found) return;
  event.preventDefault();
  if (next) move(table, next);
});

// A click moves the stop of the Tab key as well.
document.addEventListener("focusin", (event) => {
  const table = event.target instanceof Element && event.target.closest("table[data-grid]");
  if (!table || event.target.tabIndex === 0) return;
  const cell = event.target.closest("td, th");
  if (!cell) return;
  for (const old of table.querySelectorAll("[tabindex='0']")) old.tabIndex = -1;
  event.target.tabIndex = 0;
});

const prepareAll = () => document.querySelectorAll("table[data-grid]").forEach(prepare);
prepareAll();
document.addEventListener("htmx:afterSettle", prepareAll);
