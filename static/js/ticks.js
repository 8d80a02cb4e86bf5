// A box that ticks all boxes of a name in its scope, and says how many are ticked:
//   <form data-tick-scope> <input type="checkbox" data-tick-all="row" hidden> ... name="row" ...
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
