// <ppo-step>, lesson 4: step through one update of PPO on one response of the tiny model. All values are recorded
// from a real run while the site is built (figures/explore_data.py); a table grows by a row or two a step, and so comes last.

import { Explorable, number, signed } from "./explorable.js";
import { clippedSurrogate } from "./formulas.js";

// How many rows of the table are there, and what is said, at each step.
const STEPS = [
  [0, (d) => `The prompt is "${d.prompt}". Right is "${d.right}", each letter small or capital.`],
  [2, (d) => `The policy writes "${d.tokens.join(" ")}". The log-probability of each token is noted.`],
  [4, (d) => `The SFT model reads the same tokens. The log-ratio of the response is ${number(d.logRatio, 2)} nats.`],
  [4, (d) => `The reward model reads prompt and response and gives one score: ${number(d.score, 2)}.`],
  [5, (d) => `Each token pays ${number(d.beta, 1)} a nat for its log-ratio; the score comes with the last token.`],
  [6, () => "The value function has said, before each token, how much was still to be expected."],
  [7, (d) => `GAE with λ = ${d.gaeLambda} turns rewards and values into advantages.`],
  [8, (d) => `Whitened: less the mean ${number(d.mean, 2)} of all ${d.batch} responses, divided by their standard ` +
    `deviation ${number(d.deviation, 2)}. A token that did better than usual is above 0.`],
  [10, () => "Three minibatches of other responses have moved the policy. Now it is this one's turn: the ratio says how."],
  [11, (d) => `The clip at 1 ± ${d.epsilon}: ${d.clipped} gets no push, having gone far enough by itself.`],
  [12, (d) => `After the step: even ${d.clipped} has moved, for all tokens depend on the same parameters.`],
];

class PpoStep extends Explorable {
  static title = "One update of PPO, step by step";
  static settings = {
    step: { label: "step", min: 1, max: STEPS.length, step: 1, value: 1, whole: true },
  };

  build() {
    const d = this.data;
    const differences = (a, b) => a.map((value, token) => value - b[token]);
    const logRatios = differences(d.logProbs, d.refLogProbs);
    const ratios = differences(d.turnLogProbs, d.logProbs).map(Math.exp);
    const pushes = ratios.map((ratio, token) => clippedSurrogate(ratio, d.whitened[token], d.epsilon));
    this.told = {
      ...d,
      logRatio: logRatios.reduce((total, value) => total + value, 0),
      clipped: d.tokens.filter((_, token) => pushes[token].pastClip).map((token) => `"${token}"`).join(" and "),
    };
    const row = (name, values, show = signed) => [name, ...values.map((value) => show(value, 2))];
    this.rows = [
      ["token", ...d.tokens],
      row("log π", d.logProbs, number),
      row(this.sftName(), d.refLogProbs, number),
      row("log-ratio", logRatios),
      row("reward", d.rewards),
      row("value before", d.values),
      row("advantage", d.advantages),
      row("whitened", d.whitened),
      row("log π now", d.turnLogProbs, number),
      row("ratio ρ", ratios, number),
      ["push", ...pushes.map(({ pastClip, gradient }) => (pastClip ? "none" : signed(gradient, 2)))],
      row("log π after", d.afterLogProbs, number),
    ];
    this.values = this.table("What is known so far, rounded", []);
    const buttons = this.make("div", { className: "row" });
    this.back = this.button("Back", () => this.go(-1));
    this.next = this.button("Next step", () => this.go(1));
    buttons.append(this.back, this.next);
    this.panel.append(buttons);
    this.below = this.values;
  }

  sftName() {
    const name = this.make("span", { textContent: "log π" });
    name.append(this.make("sup", { textContent: "SFT" }));
    return name;
  }

  go(by) {
    this.set({ step: this.allowed("step", this.state.step + by) });
  }

  show(name, step) {
    return `${step} of ${STEPS.length}`;
  }

  draw() {
    const [rows, say] = STEPS[this.state.step - 1];
    const before = this.state.step > 1 ? STEPS[this.state.step - 2][0] : 0;
    this.values.fill(this.rows.slice(0, rows));
    this.values.hidden = rows === 0; // at the prompt no token has been written yet
    for (const row of [...this.values.tBodies[0].rows].slice(before)) row.className = "new";
    this.dim(this.back, this.state.step === 1);
    this.dim(this.next, this.state.step === STEPS.length);
    return `Step ${this.state.step}: ${say(this.told)}`;
  }
}

customElements.define("ppo-step", PpoStep);
