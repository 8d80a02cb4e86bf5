// The staffing workspace: numbers beside the sliders, profiles that set them, lines that grow.
const form = document.getElementById("staffing");

function number(slider) {
  const shown = document.getElementById(`${slider.id}_shown`);
  if (shown) shown.textContent = slider.value;
  slider.closest(".th-slider").toggleAttribute("data-ignored", slider.value === "0");
}

function profiles() {
  const box = form.querySelector("[data-profiles]");
  return JSON.parse(document.getElementById(box.dataset.profiles).textContent);
}

function mayDelete() {
  const button = form.querySelector("[data-delete-profile]");
  const chosen = profiles()[form.elements.profile.value];
  if (button) button.disabled = !chosen?.own;
}

// A profile sets the sliders; a slider that is moved leaves the profile.
function follow(known) {
  for (const slider of form.querySelectorAll("[data-weight]")) {
    const value = known.weights[slider.dataset.weight];
    if (value === undefined) continue;
    slider.max = Math.max(slider.max, value);
    slider.value = value;
    number(slider);
  }
  if (known.own) {
    form.elements.profile_name.value = known.name;
    form.elements.profile_shared.checked = known.shared;
  }
}

function filled(line) {
  return [...line.querySelectorAll("input")].some((input) => input.value);
}

// There is always one empty line at the end to go on in.
function grow(section) {
  const lines = [...section.querySelectorAll("[data-line]")];
  for (const line of lines) line.querySelector("[data-line-remove]").hidden = !filled(line);
  const last = lines.at(-1);
  if (!last || !filled(last)) return;
  const next = last.cloneNode(true);
  next.classList.remove("th-field-bad");
  next.querySelector(".th-field-error")?.remove();
  for (const input of next.querySelectorAll("input")) {
    input.value = "";
    input.classList.remove("is-invalid");
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
  next.querySelector("[data-line-remove]").hidden = true;
  last.after(next);
}

if (form) {
  form.querySelectorAll("[data-weight]").forEach(number);
  form.querySelectorAll("[data-lines]").forEach(grow);
  mayDelete();
  // A refused form goes on where the first mistake is.
  form.querySelector(".is-invalid")?.focus();

  form.addEventListener("input", (event) => {
    const field = event.target;
    if (field.dataset.weight) {
      number(field);
      form.elements.profile.value = "";
      mayDelete();
    }
    const section = field.closest("[data-lines]");
    if (section) grow(section);
    if (field.name === "seconds" && field.value) {
      form.querySelector("input[name=limit][value=own]").checked = true;
    }
  });

  form.addEventListener("change", (event) => {
    if (event.target.name === "profile") {
      const known = profiles()[event.target.value];
      if (known) follow(known);
      mayDelete();
    }
    if (event.target.name === "limit") {
      const seconds = form.elements.seconds;
      if (event.target.value === "own") seconds.focus();
      else seconds.value = "";
    }
  });

  // What somebody opens is brought out from below the bar.
  form.addEventListener("click", (event) => {
    const details = event.target.closest("summary")?.parentElement;
    details?.addEventListener("toggle", () => {
      if (details.open) details.scrollIntoView({ block: "nearest" });
    }, { once: true });
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line-remove]");
    if (!button) return;
    const section = button.closest("[data-lines]");
    button.closest("[data-line]").remove();
    grow(section);
    section.querySelector("[data-line]:last-of-type input")?.focus();
  });
}
