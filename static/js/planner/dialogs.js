// Questions in the page's one <dialog>: fields, buttons, and what the user chose.
import { make } from "./elements.js";

const SEARCH_MS = 200;

export class Dialogs {
  constructor(element, words, api) {
    this.element = element;
    this.words = words;
    this.api = api;
    this.part = (name) => element.querySelector(`[data-part=${name}]`);
    element.querySelector("form").addEventListener("submit", (event) => this.submit(event));
  }

  // fields: {name, label, kind, value, options}; actions: {key, label, primary, href, free}.
  // A `free` action needs no valid fields. Resolves to {action, values}, or null when closed.
  ask({ title, lines = [], fields = [], actions }) {
    this.part("title").textContent = title;
    this.part("body").replaceChildren(
      ...lines.map((line) => make("p", "th-dialog-line", line)),
      ...fields.map((field) => this.field(field)),
    );
    this.part("actions").replaceChildren(...this.buttons(actions));
    this.fields = fields;
    this.actions = actions;
    this.result = null;
    this.element.showModal();
    this.element.querySelector("[data-part=body] :is(input, select)")?.focus();
    return new Promise((resolve) => {
      this.element.addEventListener("close", () => resolve(this.result), { once: true });
    });
  }

  buttons(actions) {
    const cancel = make("button", "btn", this.words.say("cancel"));
    cancel.type = "button";
    cancel.addEventListener("click", () => this.element.close());
    return [
      cancel,
      ...actions.map(({ key, label, primary, href }) => {
        const button = make(href ? "a" : "button", `btn${primary ? " btn-primary" : ""}`, label);
        if (href) button.href = href;
        else button.value = key;
        return button;
      }),
    ].sort((one, other) => one.matches(".btn-primary") - other.matches(".btn-primary"));
  }

  field(field) {
    const box = make("div", "th-field");
    const label = make("label", "form-label", field.label);
    label.htmlFor = `planner-field-${field.name}`;
    box.append(label);
    let input;
    if (field.kind === "choice" || field.kind === "person") {
      input = make("select", "form-select");
      this.fill(input, field.options || [], field.value);
    } else {
      input = make("input", "form-control");
      input.type = field.kind === "share" ? "number" : "text";
      if (field.kind === "share") Object.assign(input, { min: 0.01, max: 1, step: 0.01 });
      else input.maxLength = 300;
      input.value = field.value ?? "";
    }
    input.id = label.htmlFor;
    input.name = field.name;
    if (field.kind === "person") box.append(this.finder(field, input), input);
    else box.append(input);
    const error = make("p", "th-field-error");
    error.id = `${input.id}-error`;
    error.hidden = true;
    error.setAttribute("role", "alert");
    input.setAttribute("aria-describedby", error.id);
    box.append(error);
    return box;
  }

  fill(select, options, value) {
    select.replaceChildren(
      ...options.map(([key, text]) => {
        const option = make("option", "", text);
        option.value = key;
        option.selected = key === value;
        return option;
      }),
    );
  }

  // People are found by name on the server: the company may be larger than the board.
  finder(field, select) {
    const input = make("input", "form-control th-planner-find");
    input.type = "search";
    input.setAttribute("aria-label", this.words.say("find_person"));
    input.placeholder = this.words.say("find_person");
    input.value = field.search || "";
    select.size = 6;
    const look = async () => {
      const found = await this.api.people(input.value.trim());
      const options = found.results.map((one) => [one.key, one.name]);
      this.fill(select, options, options[0]?.[0]);
      if (!options.length) this.words.speak(this.words.say("nobody_found"));
    };
    let timer = 0;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, SEARCH_MS);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      select.focus();
    });
    select.addEventListener("dblclick", () => this.element.querySelector(".btn-primary").click());
    look();
    return input;
  }

  submit(event) {
    event.preventDefault();
    const primary = this.actions.find((each) => each.primary);
    const key = event.submitter?.value || primary?.key;
    const action = this.actions.find((each) => each.key === key);
    const values = Object.fromEntries(new FormData(event.target));
    if (!action.free && !this.valid(event.target, values)) return;
    this.result = { action: key, values };
    this.element.close();
  }

  valid(form, values) {
    for (const field of this.fields) {
      const input = form.elements[field.name];
      const value = (values[field.name] || "").trim();
      const missing = field.required && !value;
      const wrong = missing ? field.missing : input.validationMessage;
      const error = document.getElementById(`${input.id}-error`);
      error.hidden = !wrong;
      error.textContent = wrong || "";
      input.toggleAttribute("aria-invalid", Boolean(wrong));
      if (wrong) {
        input.focus();
        return false;
      }
    }
    return true;
  }
}
