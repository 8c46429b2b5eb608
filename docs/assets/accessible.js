// The theme gives every code block a <nav> for its copy button: dozens of nameless landmarks, where a
// screen reader wants a handful. A <div> does the same work, whenever the theme adds one.
const mend = () => {
  for (const nav of document.querySelectorAll("nav.md-code__nav")) {
    const div = document.createElement("div");
    div.className = nav.className;
    div.append(...nav.childNodes);
    nav.replaceWith(div);
  }
  for (const note of document.querySelectorAll("aside.md-annotation:not([role])")) {
    note.setAttribute("role", "note");
    note.setAttribute("aria-label", `Note ${note.querySelector("[data-md-annotation-id]").dataset.mdAnnotationId}`);
    // A link without a word, to what its click opens anyway.
    const sign = note.querySelector(".md-annotation__index");
    sign.removeAttribute("href");
    sign.removeAttribute("tabindex");
  }
};
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();

// A note of a code block opens as the Tab key comes to its sign. Escape closes it.
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && document.activeElement?.closest(".md-annotation")) document.activeElement.blur();
});

// What scrolls by itself can be reached by keyboard, as long as it does. Looked at when it comes into view: to measure
// all of it at once, the browser would have to lay out the whole page.
const SCROLLS = ".formula, .md-typeset__scrollwrap, pre > code";
const near = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) {
    if (!isIntersecting) continue;
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
}, { rootMargin: "100%" });
const watch = () => {
  near.disconnect();
  for (const part of document.querySelectorAll(SCROLLS)) near.observe(part);
};
document$.subscribe(() => requestAnimationFrame(watch));
window.addEventListener("resize", watch);
