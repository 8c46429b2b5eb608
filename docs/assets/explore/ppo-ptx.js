// <ppo-ptx>, lesson 5: the three terms of equation 2 for one response, and their sum; at the start the lesson's
// worked example, 1.763. Each token's log-probabilities can be typed, reward, β, γ and the log-likelihood of the
// pretraining text set by sliders. The bars are stacked: each term starts where the one above it ends.

import { Explorable, number, signed } from "./explorable.js";
import { ppoPtxObjective } from "./formulas.js";

const TOKENS = ["The", "capital", "of", "France", "is", "Paris", "."];
const POLICY = [-0.15, -0.3, -0.05, -0.1, -0.08, -0.2, -0.03];
const REFERENCE = [-0.2, -0.45, -0.06, -0.12, -0.1, -0.8, -0.04];
const logProb = (value) => ({ min: -9, max: 0, value, elsewhere: true });
const named = (letter, values) => values.map((value, place) => [`${letter}${place + 1}`, logProb(value)]);

class PpoPtx extends Explorable {
  static title = "The objective of PPO-ptx, term by term";
  static settings = {
    reward: { label: "reward r", min: -3, max: 4, step: 0.1, value: 2.1, digits: 1 },
    beta: { label: "KL coefficient β", min: 0, max: 2, step: 0.02, value: 0.02 },
    gamma: { label: "pretraining coefficient γ", min: 0, max: 1, step: 0.02, value: 0.1 },
    text: { label: "log-likelihood of the text", min: -6, max: 0, step: 0.1, value: -3.2, digits: 1 },
    ...Object.fromEntries([...named("p", POLICY), ...named("s", REFERENCE)]),
  };

  build() {
    this.picture = this.drawing(360, 142);
    this.tokens = this.table("Log-probabilities of the tokens", ["token", "policy", "SFT", "log-ratio"]);
    this.ratios = TOKENS.map(() => this.make("span", {}));
    this.tokens.fill(TOKENS.map((token, place) => [
      token, this.field(`p${place + 1}`, `policy, ${token}`), this.field(`s${place + 1}`, `SFT model, ${token}`),
      this.ratios[place],
    ]));
    const sides = this.make("div", { className: "sides" });
    sides.append(this.tokens, this.picture);
    this.panel.append(sides);
  }

  field(name, label) {
    const input = this.make("input", { type: "number", step: 0.01, min: -9, max: 0 });
    input.setAttribute("aria-label", `Log-probability under the ${label}`);
    input.addEventListener("input", () => {
      const value = this.allowed(name, input.value);
      if (value !== undefined) this.set({ [name]: value }); // while typing, "−" is no number yet
    });
    input.addEventListener("change", () => {
      input.value = this.typed(name);
    });
    this.inputs[name] = input;
    return input;
  }

  draw() {
    const { reward, beta, gamma, text } = this.state;
    const [policy, reference] = ["p", "s"].map((letter) => TOKENS.map((_, place) => this.state[`${letter}${place + 1}`]));
    this.ratios.forEach((cell, place) => {
      cell.textContent = signed(policy[place] - reference[place], 2);
    });
    const terms = ppoPtxObjective(reward, policy, reference, text, beta, gamma);
    this.bars([
      ["reward", 0, reward, "blue"],
      ["KL penalty", reward, terms.klTerm, "orange"],
      ["pretraining", reward + terms.klTerm, terms.ptxTerm, "purple"],
      ["objective", 0, terms.total, "green"],
    ]);
    const [kl, ptx] = [signed(terms.klTerm, 4), signed(terms.ptxTerm, 3)];
    return `Log-ratio ${number(terms.logRatio, 2)} nats. Reward ${number(reward, 1)}, KL penalty ${kl}, ` +
      `pretraining ${ptx}: the objective is ${number(terms.total, 3)}.`;
  }

  bars(rows) {
    const ends = rows.flatMap(([, from, by]) => [from, from + by]);
    const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
    const x = (value) => 92 + (200 * (value - low)) / Math.max(high - low, 0.1);
    this.picture.replaceChildren();
    rows.forEach(([name, from, by, color], row) => {
      const top = 8 + 32 * row;
      this.shape(this.picture, "text", { x: 84, y: top + 16, "text-anchor": "end" }, name);
      const [left, right] = [x(Math.min(from, from + by)), x(Math.max(from, from + by))];
      const width = Math.max(right - left, 1.5);
      this.shape(this.picture, "rect", { x: left, y: top, width, height: 24, class: `area ${color}` });
      this.shape(this.picture, "text", { x: x(high) + 6, y: top + 16 }, signed(by, 3));
      if (row < 3) this.path(this.picture, [[x(from + by), top], [x(from + by), top + 56]], "grid");
    });
    this.path(this.picture, [[x(0), 2], [x(0), 138]], "axis");
  }
}

customElements.define("ppo-ptx", PpoPtx);
