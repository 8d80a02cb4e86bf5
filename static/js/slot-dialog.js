// Opens the slot dialog over the page: a link with data-slot-dialog. Without this script, or with a
// key that asks for a new tab, the link opens the dialog's page.
const STOPS = "a[href], button:not([disabled]), input:not([type=hidden]), select, [tabindex='0']";
let dialog = null;
let opener = null;

function make() {
  dialog = document.createElement("dialog");
  dialog.id = "th-slot";
  dialog.className = "th-dialog th-slot";
  dialog.setAttribute("aria-labelledby", "slot-title");
  dialog.append(Object.assign(document.createElement("section"), { id: "slot-dialog" }));
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.querySelector("#slot-dialog")?.replaceChildren();
    if (opener?.isConnected) opener.focus();
  });
  dialog.addEventListener("keydown", trap);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-slot-close]")) dialog.close();
  });
}

// A native dialog keeps the focus off the page, but lets it out to the browser's own buttons.
function trap(event) {
  if (event.key !== "Tab") return;
  const stops = [...dialog.querySelectorAll(STOPS)].filter((stop) => stop.offsetParent);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
}

// A refusal or a chosen person first; otherwise where the reader types.
function settle() {
  const named = dialog.querySelector("[data-slot-focus]");
  const lost = !dialog.contains(document.activeElement) || document.activeElement === dialog;
  if (named) named.focus();
  else if (lost) dialog.querySelector("[data-slot-search]")?.focus();
}

async function open(link) {
  if (!dialog) make();
  opener = link;
  link.setAttribute("aria-busy", "true");
  await window.htmx.ajax("GET", link.href, { target: "#slot-dialog", swap: "outerHTML" });
  link.removeAttribute("aria-busy");
  if (!dialog.querySelector("#slot-title")) return window.location.assign(link.href);
  if (!dialog.open) dialog.showModal();
  // A keyboard on the screen would cover the list.
  const types = window.matchMedia("(pointer: fine)").matches;
  if (types) dialog.querySelector("[data-slot-search]")?.focus();
  return settle();
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[data-slot-dialog]");
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (!link || !plain || !window.htmx) return;
  event.preventDefault();
  open(link);
});

// After a choice the page below is drawn anew: it comes back where the reader had it.
const KEPT = "teamhub:slot-scroll";

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const to = dialog?.open && event.detail.xhr.getResponseHeader("HX-Redirect");
  if (!to) return;
  const [here] = window.location.href.split("#");
  if (new URL(to, here).href !== here) return;
  sessionStorage.setItem(KEPT, JSON.stringify({ here, y: window.scrollY }));
});

function comeBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) || "null");
  sessionStorage.removeItem(KEPT);
  if (kept && kept.here === window.location.href.split("#")[0]) window.scrollTo(0, kept.y);
}

if (sessionStorage.getItem(KEPT)) {
  if (document.readyState === "complete") comeBack();
  else window.addEventListener("load", comeBack, { once: true });
}

document.addEventListener("htmx:afterSettle", () => {
  if (dialog?.open) settle();
});
