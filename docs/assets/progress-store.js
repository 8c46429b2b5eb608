// What the reader has done, kept in this browser and nowhere else.
//
// One JSON object in localStorage: {version, answers: {name: {status, text}}, ticks: {name: true}}.
// `status` is "right", "tried" or "shown". Where storage is forbidden the page works, but forgets.

const KEY = "rlhf-textbook";
const STATUSES = ["right", "tried", "shown"];
export const CHANGED = "rlhf-progress-changed";

export const empty = () => ({ version: 1, answers: {}, ticks: {} });

// Take over only what has the right shape: the text may come from a file that a reader picked.
export function parse(text) {
  const given = JSON.parse(text);
  if (typeof given !== "object" || given === null || given.version !== 1) {
    throw new Error("This is not a progress file of this book.");
  }
  const state = empty();
  for (const [name, answer] of Object.entries(given.answers ?? {})) {
    if (/^[\w.-]{1,80}$/.test(name) && STATUSES.includes(answer?.status)) {
      state.answers[name] = { status: answer.status, text: String(answer.text ?? "").slice(0, 40) };
    }
  }
  for (const [name, ticked] of Object.entries(given.ticks ?? {})) {
    if (/^[\w.:-]{1,80}$/.test(name) && ticked === true) state.ticks[name] = true;
  }
  return state;
}

export function load() {
  try {
    return parse(localStorage.getItem(KEY) ?? JSON.stringify(empty()));
  } catch {
    return empty();
  }
}

export function save(state) {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // A private window or a full disk: go on without memory.
  }
  document.dispatchEvent(new Event(CHANGED));
}

export function update(change) {
  const state = load();
  change(state);
  save(state);
}
