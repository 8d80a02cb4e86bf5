// `/` focuses the search, `?` lists the shortcuts, two keys such as `g p` follow a link that
// carries data-shortcut="g p". Keys are ignored while somebody types or a dialog is open.
const PAUSE_MS = 1200;
let first = "";
let timer = 0;

function busy(target) {
  if (document.querySelector("dialog[open]")) return true;
  return Boolean(target.closest("input, textarea, select, [contenteditable=true]"));
}

function openList() {
  const dialog = document.getElementById("th-shortcuts");
  if (!dialog) return;
  const list = dialog.querySelector("[data-shortcut-list]");
  list.querySelectorAll("[data-generated]").forEach((line) => line.remove());
  for (const element of document.querySelectorAll("[data-shortcut]")) {
    const line = document.createElement("div");
    line.dataset.generated = "";
    const term = document.createElement("dt");
    term.textContent = element.title || element.textContent.trim();
    const keys = document.createElement("dd");
    for (const key of element.dataset.shortcut.split(" ")) {
      const cap = document.createElement("kbd");
      cap.className = "th-kbd";
      cap.textContent = key;
      keys.append(cap, " ");
    }
    line.append(term, keys);
    list.append(line);
  }
  dialog.showModal();
}

function follow(keys) {
  const element = document.querySelector(`[data-shortcut="${CSS.escape(keys).replace("\\ ", " ")}"]`);
  if (!element) return false;
  element.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && event.target.id === "th-search") {
    document.getElementById("th-search-hits")?.replaceChildren();
    event.target.blur();
    return;
  }
  if (!(event.target instanceof Element) || busy(event.target)) return;
  const search = document.getElementById("th-search");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "?") {
    event.preventDefault();
    openList();
  } else if (/^[a-z]$/.test(event.key)) {
    const keys = first ? `${first} ${event.key}` : event.key;
    clearTimeout(timer);
    first = follow(keys) || first ? "" : event.key;
    timer = setTimeout(() => (first = ""), PAUSE_MS);
  }
});

// Arrows walk from the search box through its hits and back.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const form = event.target instanceof Element && event.target.closest(".th-search");
  if (!form) return;
  const stops = [form.querySelector("input"), ...form.querySelectorAll(".th-search-hits a")];
  const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open-dialog]");
  if (!opener) return;
  if (opener.dataset.openDialog === "th-shortcuts") openList();
  else document.getElementById(opener.dataset.openDialog)?.showModal();
});

document.addEventListener("focusout", (event) => {
  const form = event.target instanceof Element && event.target.closest(".th-search");
  if (form && !form.contains(event.relatedTarget)) {
    // A click on a hit moves the focus first.
    setTimeout(() => {
      if (!form.contains(document.activeElement)) {
        form.querySelector(".th-search-hits")?.replaceChildren();
      }
    }, 150);
  }
});
