// The theme gives every code block a <nav> for its copy button: dozens of nameless landmarks, where a
// screen reader wants a handful. A <div> does the same work, whenever the theme adds one.
const mend = () => {
  for (const nav of document.querySelectorAll("nav.md-code__nav")) {
    const div = document.createElement("div");
    div.className = nav.className;
    div.append(...nav.childNodes);
    nav.replaceWith(div);
  }
};
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
mend();

// What scrolls by itself can be reached by keyboard, as long as it does.
const reachable = () => {
  for (const part of document.querySelectorAll(".formula, .md-typeset__scrollwrap")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
};
document$.subscribe(() => requestAnimationFrame(reachable));
window.addEventListener("resize", reachable);
