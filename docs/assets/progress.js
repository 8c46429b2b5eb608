// Rubric ticks that are remembered, and the page that shows, exports, imports and resets progress.

import { CHANGED, empty, load, parse, save, update } from "./progress-store.js";

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
document.addEventListener(CHANGED, count);

function say(message) {
  document.querySelector("#progress-message").textContent = message;
}

function mountTick(box) {
  box.disabled = false;
  box.checked = load().ticks[box.dataset.tick] === true;
  box.addEventListener("change", () => {
    update((state) => {
      if (box.checked) state.ticks[box.dataset.tick] = true;
      else delete state.ticks[box.dataset.tick];
    });
  });
}

function exportProgress() {
  const file = new Blob([JSON.stringify(load(), null, 2)], { type: "application/json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "rlhf-progress.json" });
  link.click();
  URL.revokeObjectURL(link.href);
  say("Saved as rlhf-progress.json.");
}

async function importProgress(event) {
  const [file] = event.target.files;
  if (!file) return;
  try {
    save(parse(await file.text()));
    say("Progress taken over.");
  } catch (problem) {
    say(`Nothing was changed: ${problem instanceof SyntaxError ? "the file is not JSON." : problem.message}`);
  }
  event.target.value = "";
}

function reset() {
  if (confirm("Forget all answers and ticks kept in this browser?")) {
    save(empty());
    say("Forgotten.");
  }
}

// The theme says so whenever it has brought a page, the first one too.
document$.subscribe(() => {
  document.querySelectorAll("input[data-tick]").forEach(mountTick);
  document.querySelector("#progress-export")?.addEventListener("click", exportProgress);
  document.querySelector("#progress-import")?.addEventListener("change", importProgress);
  document.querySelector("#progress-reset")?.addEventListener("click", reset);
  count();
});
