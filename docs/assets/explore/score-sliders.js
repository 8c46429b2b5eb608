// <score-sliders>, lesson 3: move the scores of four ranked responses, and watch which way, and how hard, gradient
// descent on the ranking loss pushes each. The pushes add up to 0; adding 1 to every score changes none of them.

import { Explorable, number, signed } from "./explorable.js";
import { rankingLossAndGradient } from "./formulas.js";

const NAMES = ["s1", "s2", "s3", "s4"];
const SHOWN = ["y₁", "y₂", "y₃", "y₄"];
const END = 5; // of the sliders
const EDGE = 7; // of the picture: room for the longest arrow of a score at the end of its slider
const x = (score) => 40 + (304 * (score + EDGE)) / (2 * EDGE);
const DOT = 4;
const UNITS = 200; // length of an arrow for a slope of 1; none is steeper than ½
const score = (place, value) => ({ label: `score of ${SHOWN[place]}`, min: -END, max: END, step: 0.1, value, digits: 1 });

class ScoreSliders extends Explorable {
  static title = "Scores and the gradient of the loss";
  static settings = Object.fromEntries([1.8, 0.9, 0.3, -0.5].map((value, place) => [NAMES[place], score(place, value)]));

  build() {
    this.picture = this.drawing(360, 166);
    this.slopes = this.table("Slopes of the loss", ["", "score", "slope", "descent"]);
    const sides = this.make("div", { className: "sides" });
    sides.append(this.picture, this.slopes);
    const row = this.make("div", { className: "row" });
    this.shifts = [[1, "Add 1 to all"], [-1, "Subtract 1 from all"]].map(([by, text]) => {
      const button = this.button(text, () => this.shift(by));
      row.append(button);
      return { button, by };
    });
    this.panel.append(sides, row);
  }

  // All or none: at the end of the scale the differences would change.
  shifted(by) {
    const moved = NAMES.map((name) => [name, Number((this.state[name] + by).toFixed(9))]);
    return moved.some(([, value]) => Math.abs(value) > END) ? null : Object.fromEntries(moved);
  }

  shift(by) {
    const moved = this.shifted(by);
    if (moved) this.set(moved);
  }

  draw() {
    const scores = NAMES.map((name) => this.state[name]);
    const { loss, gradient } = rankingLossAndGradient(scores);
    this.picture.replaceChildren();
    for (let tick = -EDGE; tick <= EDGE; tick += 1) {
      this.path(this.picture, [[x(tick), 4], [x(tick), 142]], tick ? "grid" : "axis");
      if (tick % 2) continue;
      this.shape(this.picture, "text", { x: x(tick), y: 159, "text-anchor": "middle" }, number(tick, 0));
    }
    scores.forEach((value, place) => {
      const height = 22 + 34 * place;
      this.shape(this.picture, "text", { x: 4, y: height + 4 }, SHOWN[place]);
      const push = -gradient[place];
      this.arrow(this.picture, x(value) + DOT * Math.sign(push), height, UNITS * push, "orange");
      this.shape(this.picture, "circle", { cx: x(value), cy: height, r: DOT, class: "area blue" });
    });
    this.slopes.fill(scores.map((value, place) => {
      const slope = gradient[place];
      const push = Math.abs(slope) < 5e-5 ? "leaves it" : slope < 0 ? "raises it" : "lowers it";
      return [SHOWN[place], number(value, 1), signed(slope, 4), push];
    }));
    for (const { button, by } of this.shifts) this.dim(button, !this.shifted(by));
    const sum = gradient.reduce((total, slope) => total + slope, 0);
    return `Loss ${number(loss, 3)}. The four slopes add up to ${number(Math.abs(sum), 4)}.`;
  }
}

customElements.define("score-sliders", ScoreSliders);
