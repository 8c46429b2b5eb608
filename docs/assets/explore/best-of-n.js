// <best-of-n>, project part 5: turn n up and watch the reward model's score and the true score of the best of n part.
// Real data, computed while the site is built: means over 100 trained reward models with a blind spot
// (figures/explore_data.py). The curves are drawn as far as n has been turned; the peak is named once it is passed.

import { Explorable, number } from "./explorable.js";
import { bestOfNKl } from "./formulas.js";

const LEFT = 44; // where the axes meet
const x = (doublings) => LEFT + 10 + 29 * doublings; // so that no dot lies on the vertical axis
const PANELS = [
  { name: "proxy", title: "reward model's score", low: 6, high: 12, ticks: [6, 8, 10, 12], top: 24, color: "blue", digits: 2 },
  { name: "gold", title: "true score", low: 0.35, high: 0.65, ticks: [0.4, 0.5, 0.6], top: 152, color: "orange", digits: 3 },
];

class BestOfN extends Explorable {
  static title = "Best of n with a flawed reward model";
  static settings = {
    doublings: { label: "responses drawn, n", min: 0, max: 10, step: 1, value: 0, whole: true },
  };

  build() {
    this.picture = this.drawing(360, 282);
    this.panel.append(this.picture);
    this.peak = this.data.gold.indexOf(Math.max(...this.data.gold));
    this.furthest = 0;
  }

  show(name, doublings) {
    return String(2 ** doublings);
  }

  draw() {
    const at = this.state.doublings;
    this.furthest = at === 0 ? 0 : Math.max(at, this.furthest);
    this.picture.replaceChildren();
    for (const panel of PANELS) this.panelOf(panel, at);
    for (let tick = 0; tick <= 10; tick += 2) {
      this.shape(this.picture, "text", { x: x(tick), y: 262, "text-anchor": "middle" }, String(2 ** tick));
    }
    this.shape(this.picture, "text", { x: x(5), y: 279, "text-anchor": "middle" }, "n");
    const [proxy, gold] = PANELS.map(({ name, digits }) => number(this.data[name][at], digits));
    const fake = number(100 * this.data.fabricated[at], 0);
    const passed = this.furthest > this.peak ? ` The true score peaks at n = ${2 ** this.peak}.` : "";
    return `n = ${2 ** at}, ${number(bestOfNKl(2 ** at), 2)} nats away: the reward model gives ${proxy}, people ` +
      `${gold}; ${fake} % of the chosen are fabricated.${passed}`;
  }

  panelOf({ name, title, low, high, ticks, top, color, digits }, at) {
    const y = (value) => top + 92 - (92 * (value - low)) / (high - low);
    const values = this.data[name];
    for (const tick of ticks) {
      this.path(this.picture, [[LEFT, y(tick)], [x(10), y(tick)]], "grid");
      this.shape(this.picture, "text", { x: 38, y: y(tick) + 4, "text-anchor": "end" }, number(tick, name === "gold" ? 1 : 0));
    }
    this.path(this.picture, [[LEFT, top], [LEFT, top + 92], [x(10), top + 92]], "axis");
    this.shape(this.picture, "text", { x: LEFT, y: top - 8 }, title);
    const drawn = values.slice(0, this.furthest + 1).map((value, place) => [x(place), y(value)]);
    this.path(this.picture, drawn, `line ${color}`);
    if (name === "gold" && this.furthest > this.peak) {
      this.path(this.picture, [[x(this.peak), top], [x(this.peak), top + 92]], "line faint dashed");
      this.shape(this.picture, "text", { x: x(this.peak) + 5, y: top + 84 }, "peak");
    }
    this.shape(this.picture, "circle", { cx: x(at), cy: y(values[at]), r: 6, class: `area ${color}` });
    const anchor = at > 8 ? "end" : "start";
    const shift = at > 8 ? -10 : 10;
    const rise = anchor === "end" && values[at] < values[at - 1] ? -10 : 8; // beside a curve that falls: below it
    this.shape(this.picture, "text", { x: x(at) + shift, y: y(values[at]) - rise, "text-anchor": anchor }, number(values[at], digits));
  }
}

customElements.define("best-of-n", BestOfN);
