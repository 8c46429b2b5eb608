// <rank-responses>, lesson 3: put the four responses about rainbows in an order, by dragging or with the buttons.
// The reward model's scores stay; the order is the labeler's. It shows the six pairs, each with its margin and loss,
// and their mean: 0.278 at the start. A response can also be moved with the arrow keys from its buttons.

import { Explorable, number, signed } from "./explorable.js";
import { logSigmoid, rankingLossAndGradient, rankingPairs } from "./formulas.js";

const RESPONSES = [
  { name: "y₁", text: "Sunlight is refracted and reflected in water droplets.", score: 1.8 },
  { name: "y₂", text: "Light bends in water and is spread into colors.", score: 0.9 },
  { name: "y₃", text: "Rain and sun make them; there are seven colors.", score: 0.3 },
  { name: "y₄", text: "In many cultures they bring luck.", score: -0.5 },
];

class RankResponses extends Explorable {
  static title = "Rank four responses";

  initial() {
    return { order: "1234" };
  }

  // An order of the four.
  allowed(name, value) {
    return name === "order" && [...value].sort().join("") === "1234" ? value : undefined;
  }

  build() {
    this.list = this.make("ol", { className: "ranking" });
    this.items = RESPONSES.map((response, place) => this.item(response, String(place + 1)));
    this.pairs = this.table("The six pairs", ["pair", "margin", "loss", ""]);
    const sides = this.make("div", { className: "sides" });
    sides.append(this.list, this.pairs);
    const row = this.make("div", { className: "row" });
    row.append(this.button("Reverse the ranking", () => this.set({ order: [...this.state.order].reverse().join("") })));
    this.panel.append(sides, row);
    this.list.addEventListener("pointerdown", (event) => this.grab(event));
    this.list.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel"]) this.list.addEventListener(end, () => this.drop());
  }

  item({ name, text, score }, key) {
    const item = this.make("li", {});
    item.dataset.key = key;
    const grip = this.make("span", { className: "grip", textContent: "⠿" });
    grip.setAttribute("aria-hidden", "true");
    const words = this.make("span", { className: "words", textContent: `${name}: ${text} ` });
    words.append(this.make("strong", { className: "unbroken", textContent: `score ${number(score, 1)}` }));
    const line = this.make("div", {}); // beside the item's number
    line.append(grip, words);
    item.append(line);
    for (const [by, sign, where] of [[-1, "↑", "up"], [1, "↓", "down"]]) {
      const button = this.button(sign, () => this.move(key, by));
      button.setAttribute("aria-label", `Move ${name} ${where}`);
      line.append(button);
    }
    item.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      this.move(key, by);
    });
    return item;
  }

  move(key, by) {
    this.place(key, this.state.order.indexOf(key) + by);
  }

  place(key, place) {
    const others = [...this.state.order].filter((other) => other !== key);
    if (place < 0 || place > others.length) return;
    others.splice(place, 0, key);
    this.set({ order: others.join("") });
  }

  grab(event) {
    const item = event.target.closest("li");
    const byGrip = event.pointerType === "mouse" || event.target.closest(".grip"); // elsewhere a finger scrolls
    if (!item || !byGrip || event.button !== 0 || event.target.closest("button")) return;
    event.preventDefault();
    this.list.setPointerCapture(event.pointerId);
    this.dragged = item;
    item.classList.add("dragged");
  }

  // The dragged item goes below all others whose middle is above the pointer.
  drag(event) {
    if (!this.dragged) return;
    const above = this.items.filter((item) => {
      const { top, height } = item.getBoundingClientRect();
      return item !== this.dragged && top + height / 2 < event.clientY;
    });
    const { key } = this.dragged.dataset;
    if (above.length !== this.state.order.indexOf(key)) this.place(key, above.length);
  }

  drop() {
    this.dragged?.classList.remove("dragged");
    this.dragged = null;
  }

  draw() {
    const ranked = [...this.state.order].map((key) => RESPONSES[key - 1]);
    const items = [...this.state.order].map((key) => this.items[key - 1]);
    const focused = document.activeElement;
    if (items.some((item, place) => item !== this.list.children[place])) {
      this.list.replaceChildren(...items);
      if (this.list.contains(focused)) focused.focus(); // lost when an element moves
    }
    const scores = ranked.map(({ score }) => score);
    const margins = rankingPairs(4).map(([better, worse]) => scores[better] - scores[worse]);
    this.pairs.fill(rankingPairs(4).map(([better, worse], pair) => {
      const loss = -logSigmoid(margins[pair]);
      const bar = this.make("span", { className: margins[pair] > 0 ? "bar" : "bar wrong" });
      bar.style.width = `${1.8 * loss}rem`;
      const name = `${ranked[better].name} > ${ranked[worse].name}`;
      return [name, signed(margins[pair], 1), number(loss, 4), bar];
    }));
    const { loss } = rankingLossAndGradient(scores);
    const agree = margins.filter((margin) => margin > 0).length;
    const order = ranked.map(({ name }) => name).join(", ");
    return `Best first: ${order}. Mean loss ${number(loss, 3)}. The scores agree with ${agree} of the 6 pairs.`;
  }
}

customElements.define("rank-responses", RankResponses);
