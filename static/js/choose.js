// Rows that can be chosen: [data-choose] holds a table whose rows have a box named by data-choose,
// a box [data-choose-page] for all rows shown, and a bar [data-choose-bar] that says how many.
// Without this script the boxes and the bar work as plain form fields.
const boxes = (root) => [...root.querySelectorAll(`input[type=checkbox][name="${root.dataset.choose}"]`)];

function show(root) {
  const all = boxes(root);
  const chosen = all.filter((box) => box.checked).length;
  const page = root.querySelector("[data-choose-page]");
  if (page) {
    page.checked = all.length > 0 && chosen === all.length;
    page.indeterminate = chosen > 0 && chosen < all.length;
  }
  const rest = root.querySelector("[data-choose-all]");
  if (rest && chosen < all.length) rest.querySelector("input").checked = false;
  if (rest) rest.hidden = !(page?.checked);
  const count = root.querySelector("[data-choose-count]");
  const every = rest?.querySelector("input").checked;
  if (count) count.textContent = every ? count.dataset.total : String(chosen);
  const bar = root.querySelector("[data-choose-bar]");
  if (bar) bar.hidden = chosen === 0;
}

const prepare = () => document.querySelectorAll("[data-choose]").forEach(show);

document.addEventListener("change", (event) => {
  const root = event.target instanceof Element && event.target.closest("[data-choose]");
  if (!root) return;
  if (event.target.matches("[data-choose-page]")) {
    for (const box of boxes(root)) box.checked = event.target.checked;
  }
  show(root);
});

prepare();
document.addEventListener("htmx:afterSettle", prepare);
