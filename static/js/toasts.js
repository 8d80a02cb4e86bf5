// Toasts in #th-alerts: good news leaves after a while, bad news waits to be closed. Failures of
// the connection, which no server can report, are told here.
const STAY_MS = 6000;
const region = document.getElementById("th-alerts");

function attend(toast) {
  if (toast.dataset.attended) return;
  toast.dataset.attended = "1";
  if (toast.dataset.toast === "error" || toast.dataset.toast === "warning") return;
  let timer = setTimeout(() => toast.remove(), STAY_MS);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => (timer = setTimeout(() => toast.remove(), STAY_MS)));
}

function tell(text) {
  const toast = document.createElement("div");
  toast.className = "th-toast th-toast-error";
  toast.setAttribute("role", "alert");
  toast.dataset.toast = "error";
  const words = document.createElement("div");
  words.className = "th-toast-text";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "th-icon-button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", region.dataset.close);
  close.textContent = "×";
  toast.append(words, close);
  region.append(toast);
}

if (region) {
  region.querySelectorAll("[data-toast]").forEach(attend);
  new MutationObserver(() => region.querySelectorAll("[data-toast]").forEach(attend)).observe(
    region,
    { childList: true },
  );
  document.addEventListener("click", (event) => {
    event.target.closest("[data-toast-close]")?.closest("[data-toast]")?.remove();
  });
  // The same failure of a poll is told once, until the server answers again.
  let lost = false;
  document.addEventListener("htmx:sendError", () => {
    if (!lost) tell(region.dataset.lost);
    lost = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) lost = false;
  });
  // Swapped error fragments carry their own toast.
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Retarget")) tell(region.dataset.failed);
  });
}
