// Asks before a destructive action, in a native <dialog>. A form or button says what would be lost:
//   <form data-confirm="Deletes Wei's assignment to Vision QA. Her other ones stay."
//         data-confirm-title="Delete this assignment?" data-confirm-yes="Delete">
// htmx elements use hx-confirm for the text; the other two attributes are the same.
const dialog = document.getElementById("th-confirm");

function ask(element, text) {
  const fill = (selector, words) => {
    const part = dialog.querySelector(selector);
    part.textContent = words || part.dataset.default || "";
  };
  fill("[data-confirm-title]", element.dataset.confirmTitle);
  fill("[data-confirm-text]", text);
  fill("[data-confirm-yes]", element.dataset.confirmYes);
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.querySelector("button[value=no]").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

if (dialog) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const source = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!source.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(source, source.dataset.confirm)) {
      form.dataset.confirmed = "1";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    }
  }, true);

  document.addEventListener("htmx:confirm", async (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    if (await ask(event.detail.elt, event.detail.question)) event.detail.issueRequest(true);
  });
}
