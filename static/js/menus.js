// Menus are <details data-menu>: a click elsewhere or Escape closes them, one is open at a time.
const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

// What is kept is what the address says now: scripts may have moved on since the page was drawn.
document.addEventListener("submit", (event) => {
  const query = event.target.matches(".th-views-save") && event.target.elements.query;
  if (query) query.value = window.location.search.slice(1);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
