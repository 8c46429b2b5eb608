// Brings an interactive piece's file only to a page that holds one. An element upgrades by itself once its file has
// been read; where the theme exchanges pages without reloading, it says so through `document$`, and we look again.

const PIECES = [
  "rank-responses", "score-sliders", "ppo-clip", "ppo-ptx", "win-rate", "best-of-n", "ppo-step",
];

function look() {
  for (const name of PIECES) if (document.querySelector(name)) import(`./${name}.js`);
}

look();
window.document$?.subscribe(look);
