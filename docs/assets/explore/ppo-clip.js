// <ppo-clip>, lesson 4: one token of PPO's clipped objective against its ratio, with advantage and ε to set.
// The dot is the token, the arrow the push on its log-probability (the gradient); in the shaded part there is none.
// At the start it is the lesson's token at probability 0.33 after 0.30: ratio 1.1, objective 0.715.

import { Explorable, number, signed } from "./explorable.js";
import { clippedSurrogate } from "./formulas.js";

const x = (ratio) => 34 + 156 * ratio; // 0 to 2
const y = (objective) => 124 - 50 * objective; // −2 to 2

class PpoClip extends Explorable {
  static title = "The clipped objective of PPO";
  static settings = {
    ratio: { label: "ratio ρ", min: 0, max: 2, step: 0.01, value: 1.1 },
    advantage: { label: "advantage A", min: -1, max: 1, step: 0.05, value: 0.65 },
    epsilon: { label: "clip range ε", min: 0, max: 0.5, step: 0.01, value: 0.2 },
  };

  build() {
    this.picture = this.drawing(360, 260);
    this.panel.append(this.picture);
  }

  draw() {
    const { ratio, advantage, epsilon } = this.state;
    const token = clippedSurrogate(ratio, advantage, epsilon);
    const at = (r) => clippedSurrogate(r, advantage, epsilon).objective;
    this.picture.replaceChildren();
    this.frame(advantage, epsilon);
    this.path(this.picture, [[x(0), y(0)], [x(2), y(2 * advantage)]], "line faint dashed");
    const corner = advantage > 0 ? 1 + epsilon : 1 - epsilon;
    this.path(this.picture, [0, corner, 2].map((r) => [x(r), y(at(r))]), "line blue");
    this.arrow(this.picture, x(ratio), y(token.objective), 50 * token.gradient, "orange");
    this.shape(this.picture, "circle", { cx: x(ratio), cy: y(token.objective), r: 6, class: "area orange" });
    const objective = `The objective is ${number(token.objective, 3)}`;
    if (token.pastClip) return `${objective} and flat here: past the clip, no push.`;
    if (token.gradient === 0) return `${objective}, and there is no push.`;
    const direction = token.gradient > 0 ? "more likely" : "less likely";
    return `${objective}, the push ${signed(token.gradient, 3)}: the token is made ${direction}.`;
  }

  frame(advantage, epsilon) {
    const flat = advantage > 0 ? [1 + epsilon, 2] : [0, 1 - epsilon];
    if (advantage !== 0) {
      const width = x(flat[1]) - x(flat[0]);
      this.shape(this.picture, "rect", { x: x(flat[0]), y: y(2), width, height: 200, class: "shade" });
      const middle = x((flat[0] + flat[1]) / 2);
      this.shape(this.picture, "text", { x: middle, y: 40, "text-anchor": "middle" }, "no push");
    }
    for (const value of [-2, -1, 0, 1, 2]) {
      this.path(this.picture, [[x(0), y(value)], [x(2), y(value)]], value ? "grid" : "axis");
      this.shape(this.picture, "text", { x: 28, y: y(value) + 4, "text-anchor": "end" }, number(value, 0));
    }
    for (const ratio of [0, 0.5, 1, 1.5, 2]) {
      this.path(this.picture, [[x(ratio), y(2)], [x(ratio), y(-2)]], ratio === 1 ? "axis" : "grid");
      const text = number(ratio, ratio % 1 ? 1 : 0);
      this.shape(this.picture, "text", { x: x(ratio), y: 240, "text-anchor": "middle" }, text);
    }
    this.shape(this.picture, "text", { x: x(1), y: 257, "text-anchor": "middle" }, "ratio ρ");
    this.shape(this.picture, "text", { x: 4, y: 13 }, "objective");
  }
}

customElements.define("ppo-clip", PpoClip);
