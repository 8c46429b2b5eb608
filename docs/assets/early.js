// What has to be in place before the theme's own script runs. A classic script: modules do not load from disk.

{
  // The search index is heavier than most pages. The theme asks for it at once; we let it wait until the reader
  // turns to the search.
  const wanted = new Promise((resolve) => {
    const look = ({ target }) => {
      if (target.id === "__search" || target.dataset?.mdComponent === "search-query") resolve();
    };
    for (const event of ["focusin", "change"]) document.addEventListener(event, look);
  });
  const { open, send } = XMLHttpRequest.prototype;
  const waits = new WeakSet();
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    if (String(url).endsWith("search/search_index.json")) waits.add(this);
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (waits.has(this)) wanted.then(() => send.call(this, body));
    else send.call(this, body);
  };
}

if (location.protocol === "file:") {
  // A page read from disk may not start a worker, which the theme's search is. A hidden frame does its work.
  // (The shim that the theme would fetch for this writes a script into the frame, and the page's policy forbids it.)
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = Object.assign(document.createElement("iframe"), { hidden: true, title: "Search" });
      document.body.append(frame);
      this.inside = frame.contentWindow;
      this.inside.postMessage = (data) => {
        this.dispatchEvent(new MessageEvent("message", { data }));
        this.onmessage?.({ data });
      };
      const script = frame.contentDocument.createElement("script");
      this.ready = new Promise((resolve) => script.addEventListener("load", resolve));
      script.src = String(url);
      frame.contentDocument.body.append(script);
    }

    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data: structuredClone(data) })));
    }
  };
}
