// <win-rate>, lesson 6: a win rate and the quality gap Δq that stands for it, two sliders on one curve, p = σ(Δq);
// 85 % and 1.735 at the start. Wilson's 95 % interval for a number of comparisons is carried over to the gap.

import { Explorable, number, signed } from "./explorable.js";
import { expectedWinRate, qualityGap, winRateInterval } from "./formulas.js";

const END = 4.6; // the gap of about 99 %
const x = (gap) => 44 + (306 * (gap + END)) / (2 * END);
const y = (rate) => 206 - 200 * rate;

class WinRate extends Explorable {
  static title = "Win rate and quality gap";
  static settings = {
    rate: { label: "win rate p", min: 1, max: 99, step: 0.1, value: 85, digits: 1, unit: " %" },
    gap: { label: "quality gap Δq", min: -END, max: END, step: 0.01, value: qualityGap(0.85), digits: 3, derived: true },
    comparisons: { label: "comparisons n", min: 20, max: 2000, step: 5, value: 545, digits: 0, whole: true },
  };

  build() {
    this.picture = this.drawing(360, 246);
    this.panel.append(this.picture);
  }

  // The two sliders stand for one number.
  set(changes) {
    if ("gap" in changes && !("rate" in changes)) super.set({ ...changes, rate: 100 * expectedWinRate(changes.gap) });
    else super.set({ ...changes, gap: qualityGap((changes.rate ?? this.state.rate) / 100) });
  }

  draw() {
    const { rate, gap, comparisons } = this.state;
    const { low, high } = winRateInterval((rate / 100) * comparisons, comparisons);
    this.picture.replaceChildren();
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      this.path(this.picture, [[x(-END), y(part)], [x(END), y(part)]], part ? "grid" : "axis");
      this.shape(this.picture, "text", { x: 40, y: y(part) + 4, "text-anchor": "end" }, `${100 * part} %`);
    }
    for (const tick of [-4, -2, 0, 2, 4]) {
      this.path(this.picture, [[x(tick), y(0)], [x(tick), y(1)]], tick ? "grid" : "axis");
      this.shape(this.picture, "text", { x: x(tick), y: 223, "text-anchor": "middle" }, number(tick, 0));
    }
    this.shape(this.picture, "text", { x: x(0), y: 241, "text-anchor": "middle" }, "quality gap Δq, in nats");
    const gaps = Array.from({ length: 93 }, (_, place) => -END + place / 10);
    this.path(this.picture, gaps.map((value) => [x(value), y(expectedWinRate(value))]), "line blue");
    this.path(this.picture, [[x(-END), y(rate / 100)], [x(gap), y(rate / 100)], [x(gap), y(0)]], "line faint dashed");
    const ends = [low, high].map((end) => Math.min(Math.max(qualityGap(end), -END), END));
    this.path(this.picture, [[x(-END), y(low)], [x(-END), y(high)]], "line orange thick");
    this.path(this.picture, [[x(ends[0]), y(0)], [x(ends[1]), y(0)]], "line orange thick");
    this.shape(this.picture, "circle", { cx: x(gap), cy: y(rate / 100), r: 6, class: "area orange" });
    const percent = [low, high].map((end) => number(100 * end, 1));
    const nats = [low, high].map((end) => number(qualityGap(end), 2));
    return `A win rate of ${number(rate, 1)} % is a gap of ${signed(gap, 3)} nats. After ${comparisons} comparisons ` +
      `the 95 % interval runs from ${percent[0]} to ${percent[1]} %, in nats from ${nats[0]} to ${nats[1]}.`;
  }
}

customElements.define("win-rate", WinRate);
