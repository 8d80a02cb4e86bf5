// Boxes that are ticked together. A box [data-tick-all="row"] ticks all boxes of that name in the nearest
// [data-tick-scope] and shows how far they are:
//   <form data-tick-scope> <input type="checkbox" data-tick-all="row" hidden> ... name="row" ...
// A bar [data-tick-bar] in the scope is shown while one is ticked; in it [data-tick-count] says how many, and
// [data-tick-rest], offered when all are ticked, holds a box for the rows of other pages (data-total in all).
// Without this script the boxes and the bar work as plain form fields.
const live = document.getElementById("th-live");

function boxes(all) {
  const scope = all.closest("[data-tick-scope]");
  return scope ? [...scope.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.tickAll)}"]`)] : [];
}

function show(all) {
  const found = boxes(all);
  const ticked = found.filter((box) => box.checked).length;
  all.hidden = found.length === 0;
  all.checked = found.length > 0 && ticked === found.length;
  all.indeterminate = ticked > 0 && ticked < found.length;
  const bar = all.closest("[data-tick-scope]")?.querySelector("[data-tick-bar]");
  if (bar) showBar(bar, ticked, all.checked);
}

function showBar(bar, ticked, every) {
  bar.hidden = ticked === 0;
  const rest = bar.querySelector("[data-tick-rest]");
  const box = rest?.querySelector("input");
  if (rest) rest.hidden = !every;
  if (box && !every) box.checked = false;
  const count = bar.querySelector("[data-tick-count]");
  if (count) count.textContent = box?.checked ? count.dataset.total : String(ticked);
}

const showAll = () => document.querySelectorAll("[data-tick-all]").forEach(show);

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  if (box.dataset.tickAll) {
    for (const one of boxes(box)) one.checked = box.checked;
    if (live) live.textContent = `${boxes(box).filter((one) => one.checked).length} / ${boxes(box).length}`;
  }
  showAll();
});

showAll();
document.addEventListener("htmx:afterSettle", showAll);
