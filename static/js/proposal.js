// Says aloud how a proposal comes along: each new stage, and the result when it is there. The
// status is drawn anew every two seconds; a region that stays tells only what is new.
const live = document.getElementById("th-live");
let said = "";

function say(words) {
  if (!live || !words || words === said) return;
  said = words;
  live.textContent = words;
}

function look() {
  const result = document.querySelector("#proposal[data-announce]");
  if (result && started) {
    say(result.dataset.announce);
    if (document.activeElement === document.body) result.focus({ preventScroll: true });
    started = false;
    return;
  }
  const line = document.querySelector(".th-run .th-run-line");
  if (started && line) say(line.innerText.replace(/\s+/g, " ").trim());
}

let started = Boolean(document.getElementById("proposal-waits"));
look();
document.addEventListener("htmx:afterSettle", look);
// After an acceptance the page is new: begin where it says what was done.
const done = document.querySelector("[data-focus]");
if (done) {
  done.tabIndex = -1;
  done.focus({ preventScroll: false });
}
