// Rubric ticks that are remembered, and the page that shows, exports, imports and resets progress.

import { CHANGED, empty, load, parse, save, update } from "./progress-store.js";

for (const box of document.querySelectorAll("input[data-tick]")) {
  box.disabled = false;
  box.checked = load().ticks[box.dataset.tick] === true;
  box.addEventListener("change", () => {
    update((state) => {
      if (box.checked) state.ticks[box.dataset.tick] = true;
      else delete state.ticks[box.dataset.tick];
    });
  });
}

function count() {
  const state = load();
  for (const cell of document.querySelectorAll("[data-count]")) {
    const names = cell.dataset.names.split(" ").filter(Boolean);
    const done = names.filter((name) =>
      cell.dataset.count === "ticks" ? state.ticks[name] : state.answers[name]?.status === "right",
    );
    cell.textContent = names.length ? `${done.length} of ${names.length}` : "–";
  }
}
count();
document.addEventListener(CHANGED, count);

const say = (message) => {
  document.querySelector("#progress-message").textContent = message;
};

document.querySelector("#progress-export")?.addEventListener("click", () => {
  const file = new Blob([JSON.stringify(load(), null, 2)], { type: "application/json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "rlhf-progress.json" });
  link.click();
  URL.revokeObjectURL(link.href);
  say("Saved as rlhf-progress.json.");
});

document.querySelector("#progress-import")?.addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (!file) return;
  try {
    save(parse(await file.text()));
    say("Progress taken over.");
  } catch (problem) {
    say(`Nothing was changed: ${problem instanceof SyntaxError ? "the file is not JSON." : problem.message}`);
  }
  event.target.value = "";
});

document.querySelector("#progress-reset")?.addEventListener("click", () => {
  if (confirm("Forget all answers and ticks kept in this browser?")) {
    save(empty());
    say("Forgotten.");
  }
});
