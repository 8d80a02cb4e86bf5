// A piece of the page that is drawn anew must not shut what a reader has opened.
let opened = [];

function details(root) {
  return root ? [...root.querySelectorAll("details")] : [];
}

document.addEventListener("htmx:beforeSwap", (event) => {
  opened = details(event.detail.target).map((each) => each.open);
});

document.addEventListener("htmx:afterSwap", (event) => {
  details(event.target).forEach((each, i) => {
    each.open ||= opened[i] ?? false;
  });
});
