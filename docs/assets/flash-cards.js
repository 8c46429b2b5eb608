// <flash-cards>: terms and their definitions, turned one by one, and kept in five boxes by what one knew.
//
// The element holds the cards as a folded list (`<details data-name data-place>`), which is what is left without this
// script and on paper. With it, one card at a time is shown. In which box a card lies is kept in this browser: one JSON
// object in localStorage, {version, boxes: {name: 1 to 5}}. Where storage is forbidden the cards work, but forget.

const CARDS_KEY = "rlhf-flash-cards";
const LAST_BOX = 5;
const EVERYTHING = "all";

// Take over only what has the right shape: a card that is not in a box lies in the first.
export function readBoxes(text) {
  const boxes = {};
  try {
    const given = JSON.parse(text);
    for (const [name, box] of given?.version === 1 ? Object.entries(given.boxes ?? {}) : []) {
      if (/^[a-z][a-z\d-]{0,79}$/.test(name) && Number.isInteger(box) && box >= 1 && box <= LAST_BOX) boxes[name] = box;
    }
  } catch {
    // Not ours, or broken: begin anew.
  }
  return boxes;
}

// The same items in another order, the same for the same seed (mulberry32, Fisher and Yates).
export function shuffled(items, seed) {
  const order = [...items];
  let state = seed >>> 0;
  for (let i = order.length - 1; i > 0; i -= 1) {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    const j = Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

const element = (tag, properties, ...content) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...content);
  return made;
};

class FlashCards extends HTMLElement {
  connectedCallback() {
    if (this.panel) return; // moved within the page
    this.cards = [...this.querySelectorAll("details")].map((details) => ({
      ...details.dataset,
      term: details.querySelector("summary"),
      definition: details.querySelector("p"),
    }));
    const choice = (label, options) => {
      const select = element("select", {}, ...options.map(([value, text]) => new Option(text, value)));
      select.addEventListener("change", () => this.deal());
      return { select, label: element("label", {}, `${label} `, select) };
    };
    const button = (text, click) => {
      const made = element("button", { type: "button", className: "md-button", textContent: text });
      made.addEventListener("click", click);
      return made;
    };
    const places = [...new Set(this.cards.map((card) => card.place))];
    this.from = choice("Cards from", [[EVERYTHING, "everywhere"], ...places.map((place) => [place, place])]);
    this.asked = choice("Show first", [["term", "the term"], ["definition", "the definition"]]);
    this.order = element("input", { type: "number", min: 1, max: 9999, value: 1 });
    this.order.addEventListener("change", () => this.deal());
    this.card = element("button", { type: "button", className: "card" });
    this.card.addEventListener("click", () => this.turn());
    this.wrong = button("Not yet", () => this.judge(false));
    this.right = button("Knew it", () => this.judge(true));
    this.where = element("p", { className: "where" });
    this.say = element("p", { className: "said" });
    this.say.setAttribute("role", "status");
    this.panel = element(
      "div", { className: "panel" },
      element("div", { className: "row" }, this.from.label, this.asked.label, element("label", {}, "Order no. ", this.order)),
      this.where, this.card, this.say,
      element("div", { className: "row" }, button("Previous", () => this.go(-1)), this.wrong, this.right, button("Next", () => this.go(1))),
      element("div", { className: "row" }, button("Shuffle", () => this.shuffle()), button("All back into box 1", () => this.forget())),
    );
    this.panel.addEventListener("keydown", (event) => this.key(event));
    this.append(this.panel);
    this.classList.add("live");
    this.deal(false);
  }

  get boxes() {
    try {
      return readBoxes(localStorage.getItem(CARDS_KEY));
    } catch {
      return this.unsaved ?? {};
    }
  }

  set boxes(boxes) {
    this.unsaved = boxes;
    try {
      localStorage.setItem(CARDS_KEY, JSON.stringify({ version: 1, boxes }));
    } catch {
      // A private window or a full disk: go on without memory.
    }
  }

  // Begin a round with the cards that are chosen.
  deal(aloud = true) {
    const seed = Math.min(Math.max(Math.round(Number(this.order.value)) || 1, 1), 9999);
    this.order.value = seed;
    const { boxes } = this;
    const place = this.from.select.value;
    const chosen = this.cards.filter((card) => place === EVERYTHING || card.place === place);
    this.round = shuffled(chosen, seed).sort((a, b) => (boxes[a.name] ?? 1) - (boxes[b.name] ?? 1));
    this.knew = new Set();
    this.show(0, aloud);
  }

  shuffle() {
    this.order.value = (Number(this.order.value) % 9999) + 1;
    this.deal();
  }

  forget() {
    if (!confirm("Put all cards back into box 1?")) return;
    this.boxes = {};
    this.deal();
  }

  show(place, aloud = true) {
    this.place = place;
    this.turned = false;
    const card = this.round[place];
    if (card) {
      this.where.textContent = `Card ${place + 1} of ${this.round.length}, in box ${this.boxes[card.name] ?? 1} of ${LAST_BOX}`;
      this.face(this.asked.select.value, aloud ? `${this.where.textContent}. ` : null);
    } else {
      this.where.textContent = `You knew ${this.knew.size} of ${this.round.length}.`;
      this.card.textContent = "Another round";
      this.say.textContent = this.where.textContent;
    }
    this.wrong.disabled = this.right.disabled = true;
  }

  // Show a side of the card, and have it read out.
  face(side, before = "") {
    const content = [...this.round[this.place][side].childNodes].map((node) => node.cloneNode(true));
    const face = element("span", { className: `face ${side}` }, ...content);
    this.card.replaceChildren(face, element("small", { className: "turn" }, "Click or tap to turn"));
    if (before !== null) this.say.textContent = before + face.textContent;
  }

  turn() {
    if (!this.round[this.place]) {
      this.deal();
      return;
    }
    this.turned = !this.turned;
    this.face(this.turned === (this.asked.select.value === "term") ? "definition" : "term");
    this.wrong.disabled = this.right.disabled = !this.turned;
  }

  go(step) {
    this.show(Math.min(Math.max(this.place + step, 0), this.round.length));
    this.card.focus();
  }

  judge(knewIt) {
    const { name } = this.round[this.place];
    const { boxes } = this;
    boxes[name] = knewIt ? Math.min((boxes[name] ?? 1) + 1, LAST_BOX) : 1;
    this.boxes = boxes;
    if (knewIt) this.knew.add(name);
    else this.knew.delete(name);
    this.go(1);
  }

  key(event) {
    if (event.target !== this.card || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) this.go(step);
    else if (this.turned && (event.key === "1" || event.key === "2")) this.judge(event.key === "2");
    else return;
    event.preventDefault();
  }
}

customElements.define("flash-cards", FlashCards);
