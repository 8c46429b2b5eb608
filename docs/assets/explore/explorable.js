// What the interactive pieces have in common. The build makes of a page's `<div data-explore="ppo-clip">`
//
//   <ppo-clip id="ppo-clip" class="explore">
//     <div class="question">Predict: …</div><div class="without-script">…</div>
//     <script type="application/json">…</script>   (where a piece shows recorded data)
//   </ppo-clip>
//
// Without JavaScript that is a question and a text that says what one would have seen. With it, the text gives way
// to a picture and controls; on paper there are the question, the picture as it stands, and the text. What can be
// set, `state`, is a handful of numbers. A link restores it: `?ppo-clip.ratio=1.5#ppo-clip`. Nothing that comes from
// a link or from typing is ever written into the page as HTML, and a value out of range is put back into it.
//
// A new piece: a file named after its tag, with a class that extends this one; its name in load.js.

const PAUSE = 300; // milliseconds without a change, after which the result is said in words

export class Explorable extends HTMLElement {
  // For a subclass: the name of the piece, and what can be set, `{name: {label, min, max, step, value}}`; further
  // `digits` and `unit` it is shown with, `whole` for whole numbers, `derived` if it follows from others (and is not
  // in the link), `elsewhere` if it needs no slider.
  static title = "";
  static settings = {};

  connectedCallback() {
    if (this.panel) return; // moved within the page
    const data = this.querySelector("script");
    this.data = data ? JSON.parse(data.textContent) : null;
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", this.constructor.title);
    this.state = { ...this.initial(), ...this.fromLink() };
    this.inputs = {};
    this.panel = this.make("div", { className: "panel" });
    this.build();
    for (const [name, setting] of Object.entries(this.constructor.settings)) {
      if (!setting.elsewhere) this.slider(name, setting);
    }
    this.say = this.make("p", { className: "result" });
    this.say.setAttribute("role", "status");
    this.link = this.make("a", { textContent: "Link to this state" });
    const row = this.make("div", { className: "row" });
    row.append(this.button("Reset", () => this.set(this.initial())), this.link);
    this.panel.append(this.say, row);
    if (this.below) this.panel.append(this.below);
    this.set({});
    clearTimeout(this.waiting);
    this.say.textContent = this.sentence;
    this.append(this.panel);
    this.classList.add("live");
  }

  // For a subclass: put what it has besides sliders into `this.panel`, and into `this.below` what comes last.
  build() {}

  // For a subclass: show `this.state`, and return a sentence that says the result.
  draw() {
    return "";
  }

  initial() {
    const entries = Object.entries(this.constructor.settings);
    return Object.fromEntries(entries.map(([name, setting]) => [name, setting.value]));
  }

  // The value as the setting allows it, or undefined where it is no value at all.
  allowed(name, value) {
    const { settings } = this.constructor;
    const found = typeof value === "string" && value.trim() === "" ? NaN : Number(value);
    if (!Object.hasOwn(settings, name) || !Number.isFinite(found)) return undefined;
    const { min, max, whole } = settings[name];
    return Math.min(Math.max(whole ? Math.round(found) : found, min), max);
  }

  fromLink() {
    const state = {};
    for (const [key, value] of new URLSearchParams(location.search)) {
      const [id, name] = key.split(".");
      if (id !== this.id || !name || this.constructor.settings[name]?.derived) continue;
      const kept = this.allowed(name, value);
      if (kept !== undefined) state[name] = kept;
    }
    return state;
  }

  // Change the state and show it. The picture follows at once, the words when there is a pause.
  set(changes) {
    Object.assign(this.state, changes);
    for (const [name, input] of Object.entries(this.inputs)) {
      if (input.shown) {
        input.shown.textContent = this.show(name, this.state[name]);
        input.setAttribute("aria-valuetext", input.shown.textContent);
      }
      if (input.type === "range" || input !== document.activeElement) input.value = this.typed(name);
    }
    this.sentence = this.draw();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      if (this.say.textContent !== this.sentence) this.say.textContent = this.sentence;
    }, PAUSE);
    const query = new URLSearchParams();
    const start = this.initial();
    for (const [name, value] of Object.entries(this.state)) {
      if (value !== start[name] && !this.constructor.settings[name]?.derived) query.set(`${this.id}.${name}`, value);
    }
    this.link.href = `?${query}#${this.id}`;
  }

  // A setting's value as it is shown.
  show(name, value) {
    const { digits = 2, unit = "" } = this.constructor.settings[name];
    return number(value, digits) + unit;
  }

  // What stands in its input: as a slider has it, or in a field −0.20, and more digits if they were typed.
  typed(name) {
    const value = String(this.state[name]);
    if (this.inputs[name].type === "range") return value;
    const padded = this.state[name].toFixed(2);
    return value.length > padded.length ? value : padded;
  }

  // A button without effect, and gray. Not `disabled`: one that has the focus keeps it.
  dim(button, withoutEffect) {
    button.setAttribute("aria-disabled", withoutEffect);
  }

  slider(name, { label, min, max, step }) {
    const id = `${this.id}-${name}`;
    const input = this.make("input", { type: "range", id, min, max, step });
    input.shown = this.make("span", { className: "value" });
    input.shown.setAttribute("aria-hidden", "true"); // the slider says it itself
    input.addEventListener("input", () => this.set({ [name]: this.allowed(name, input.value) }));
    const line = this.make("div", { className: "slider" });
    line.append(this.make("label", { htmlFor: id, textContent: label }), input, input.shown);
    this.inputs[name] = input;
    this.panel.append(line);
  }

  button(text, click) {
    const button = this.make("button", { type: "button", className: "md-button", textContent: text });
    button.addEventListener("click", click);
    return button;
  }

  // A table: what it holds, its heads, and `fill(rows)` to put rows of cells, text or elements, under them.
  table(caption, heads) {
    const table = this.make("table", { className: "numbers" });
    table.createCaption().textContent = caption;
    const row = this.make("tr", {});
    for (const head of heads) row.append(head ? this.make("th", { textContent: head, scope: "col" }) : this.make("td", {}));
    if (heads.length) table.createTHead().append(row);
    const body = table.createTBody();
    table.fill = (rows) => {
      body.replaceChildren(...rows.map((cells) => this.cells(cells)));
    };
    return table;
  }

  // A row of a table; the first cell names it.
  cells(contents) {
    const row = this.make("tr", {});
    for (const [place, content] of contents.entries()) {
      const cell = place ? this.make("td", {}) : this.make("th", { scope: "row" });
      cell.append(content);
      row.append(cell);
    }
    return row;
  }

  make(tag, properties) {
    return Object.assign(document.createElement(tag), properties);
  }

  // A drawing of that many units, empty; what it shows, tables and the sentence say too.
  drawing(width, height) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("aria-hidden", "true");
    return svg;
  }

  // A shape with attributes, appended to `parent`.
  shape(parent, tag, attributes, text = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    parent.append(element);
    return element;
  }

  // A line through points, and an arrow along the horizontal.
  path(parent, points, className) {
    const d = points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(2)},${y.toFixed(2)}`).join("");
    return this.shape(parent, "path", { d, class: className });
  }

  arrow(parent, x, y, length, className) {
    if (Math.abs(length) < 0.5) return;
    const head = Math.sign(length) * Math.min(7, Math.abs(length));
    this.path(parent, [[x, y], [x + length - head, y]], `line ${className}`);
    const tip = x + length;
    this.shape(parent, "polygon", {
      points: `${tip},${y} ${tip - head},${y - 5} ${tip - head},${y + 5}`, class: `area ${className}`,
    });
  }
}

// 0.278, −1.50: a fixed number of digits, a real minus sign, no "−0.00".
export function number(value, digits) {
  const text = value.toFixed(digits);
  return /^-[0.]+$/.test(text) ? text.slice(1) : text.replace("-", "\u2212");
}

// +0.28, −1.50: the same with its sign.
export function signed(value, digits) {
  const text = number(value, digits);
  return /[1-9]/.test(text) && value > 0 ? `+${text}` : text;
}
