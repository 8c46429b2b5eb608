// <numeric-answer>: type a value, learn whether it is right, close, or not yet.
//
// The element already holds a question, hints and the solution, folded (`<details>`); without this
// script they are simply there to open. With it they come one at a time, after a try. Nothing typed
// is ever written into the page as HTML.

import { load, update } from "./progress-store.js";

// "1 234,5", "−0.3", "1.5e-3" and "85 %" as a number; NaN where it is none.
export function parseNumber(text) {
  const plain = text
    .trim()
    .replace(/[\u2212\u2013]/g, "-")
    .replace(/[\s\u00a0\u202f_]/g, "")
    .replace(/%$/, "")
    .replace(/,(?=\d{3}(\D|$))/g, text.includes(".") ? "" : ",")
    .replace(",", ".");
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}

// What to say of a value: {verdict: "right" | "close" | "not yet", message}.
export function judge(typed, value, decimals) {
  const near = (a, b, tolerance) => Math.abs(a - b) <= tolerance * Math.max(Math.abs(b), 1e-12);
  const unit = 10 ** -decimals;
  if (Math.abs(typed - value) <= unit * 0.5000001) return { verdict: "right", message: "Right." };
  const close = (message) => ({ verdict: "close", message });
  const slack = Math.max(0.003, value === 0 ? 0 : Math.abs(unit / value));
  if (value !== 0) {
    if (near(typed, -value, slack)) return close("The size is right, the sign is not.");
    for (const [base, name] of [[2, "2"], [10, "10"]]) {
      if (near(Math.abs(typed), Math.abs(value / Math.log(base)), slack)) {
        return close(`That looks like a logarithm to base ${name}; the book uses the natural one.`);
      }
    }
    if (near(typed, value * 100, slack)) return close("That is in percent; a plain number is asked for.");
    if (near(typed, value / 100, slack)) return close("A factor of 100 is missing: a percentage?");
    for (let factor = 2; factor <= 20; factor += 1) {
      if (near(typed, value * factor, Math.min(slack, 0.01))) {
        return close(`That is ${factor} times too large. A sum in place of a mean?`);
      }
      if (near(typed, value / factor, Math.min(slack, 0.01))) {
        return close(`That is ${factor} times too small. Divided once too often?`);
      }
    }
    if (near(typed, value, 0.02) || Math.abs(typed - value) <= 1.5 * unit) {
      const places = decimals === 1 ? "decimal" : "decimals";
      return close(
        decimals === 0
          ? "Very close, but not it."
          : `Very close. Give ${decimals} ${places}, and round only at the very end.`,
      );
    }
  }
  return { verdict: "not yet", message: "Not yet." };
}

class NumericAnswer extends HTMLElement {
  connectedCallback() {
    if (this.querySelector("form")) return;
    this.hints = [...this.querySelectorAll("details.hint")];
    this.solution = this.querySelector("details.solution");
    const question = this.querySelector(".question");
    const id = `answer-${this.dataset.name.replace(/\W/g, "-")}`;

    this.form = document.createElement("form");
    this.form.noValidate = true;
    const label = document.createElement("label");
    label.htmlFor = id;
    label.append(...question.childNodes);
    label.className = "question";
    question.replaceWith(this.form);
    this.input = Object.assign(document.createElement("input"), {
      id, type: "text", inputMode: "decimal", autocomplete: "off", maxLength: 40,
    });
    const unit = document.createElement("span");
    unit.className = "unit";
    unit.textContent = this.dataset.unit;
    this.say = document.createElement("p");
    this.say.className = "verdict";
    this.say.setAttribute("role", "status");
    const row = document.createElement("div");
    row.className = "row";
    this.more = this.button("Hint", "button", () => this.help());
    const buttons = document.createElement("div");
    buttons.className = "buttons";
    const check = this.button("Check", "submit");
    check.classList.add("md-button--primary");
    buttons.append(check, this.more, this.button("Start over", "reset"));
    row.append(this.input, unit, buttons);
    this.form.append(label, row, this.say);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.check();
    });
    this.form.addEventListener("reset", () => this.startOver());
    this.showMemory();
  }

  button(text, type, click) {
    const button = Object.assign(document.createElement("button"), { type, textContent: text });
    button.className = "md-button";
    if (click) button.addEventListener("click", click);
    return button;
  }

  remember(status) {
    update((state) => {
      state.answers[this.dataset.name] = { status, text: this.input.value };
    });
  }

  // One more step of help: the next hint, and after the last one the solution.
  help() {
    const next = [...this.hints, this.solution].find((part) => part.hidden);
    if (!next) return;
    next.hidden = false;
    next.open = true;
    if (next === this.solution && this.dataset.state !== "right") this.remember("shown");
    this.label();
  }

  label() {
    const next = [...this.hints, this.solution].find((part) => part.hidden);
    this.more.hidden = !next;
    this.more.textContent = next === this.solution ? "Show the solution" : "Hint";
  }

  check() {
    const typed = parseNumber(this.input.value);
    if (Number.isNaN(typed)) {
      this.tell("", this.input.value.trim() ? "That is not a number I can read." : "Type a number first.");
      this.input.focus();
      return;
    }
    const { verdict, message } = judge(typed, Number(this.dataset.value), Number(this.dataset.decimals));
    if (verdict === "right") {
      this.tell("right", message);
      this.remember("right");
      this.solution.hidden = false;
      this.label();
      return;
    }
    const waiting = this.hints.some((hint) => hint.hidden);
    this.tell(verdict, verdict === "not yet" ? `${message} ${waiting ? "Here is a hint." : "Try again, or look at the solution."}` : message);
    this.remember("tried");
    if (verdict === "not yet" && waiting) this.help();
  }

  tell(state, message) {
    this.dataset.state = state;
    this.say.textContent = message;
  }

  startOver() {
    update((state) => {
      delete state.answers[this.dataset.name];
    });
    this.showMemory();
    this.input.focus();
  }

  showMemory() {
    const past = load().answers[this.dataset.name];
    this.input.value = past?.text ?? "";
    for (const part of [...this.hints, this.solution]) {
      part.hidden = true;
      part.open = false;
    }
    this.tell("", "");
    if (past?.status === "right") {
      this.tell("right", "Right, when you answered it.");
      this.solution.hidden = false;
    } else if (past) {
      for (const hint of this.hints) hint.hidden = false;
      if (past.status === "shown") this.solution.hidden = false;
    }
    this.label();
  }
}

customElements.define("numeric-answer", NumericAnswer);
