// Every interactive piece. An element upgrades by itself, on the first page and on those that the theme brings later.

import "./best-of-n.js";
import "./ppo-clip.js";
import "./ppo-ptx.js";
import "./ppo-step.js";
import "./rank-responses.js";
import "./score-sliders.js";
import "./win-rate.js";
