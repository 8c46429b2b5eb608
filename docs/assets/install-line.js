// The build writes the address it knows into the install line; show the one the page was read from.
document$.subscribe(() => {
  for (const place of document.querySelectorAll("[data-wheel]")) {
    place.textContent = new URL(place.dataset.wheel, document.baseURI).href;
  }
});
