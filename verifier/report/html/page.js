"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const claims = all(".claim");
  const filters = all(".filters button");
  const showAll = document.getElementById("all");
  const shown = document.getElementById("shown");
  const none = document.getElementById("none");

  const pressed = (name) =>
    filters.filter((button) => name in button.dataset && button.getAttribute("aria-pressed") === "true")
      .map((button) => button.dataset[name]);

  // Several rulings, or several tags, widen the list; rulings and tags together narrow it.
  function filter() {
    const rulings = pressed("ruling");
    const tags = pressed("tag");
    let number = 0;
    for (const claim of claims) {
      const own = claim.dataset.tags.split(" ");
      const fits = (!rulings.length || rulings.includes(claim.dataset.ruling))
        && (!tags.length || tags.some((tag) => own.includes(tag)));
      claim.hidden = !fits;
      number += fits;
    }
    const narrowed = rulings.length + tags.length > 0;
    showAll.hidden = !narrowed;
    none.hidden = number > 0 || !claims.length;
    shown.textContent = narrowed ? `${number} of ${claims.length} shown` : "";
  }

  function release() {
    for (const button of filters) button.setAttribute("aria-pressed", "false");
    filter();
  }

  // What the address names is unfolded, though a filter hides it.
  function reveal() {
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { return; }
    const claim = claims.find((one) => one.id === name);
    if (!claim) return;
    if (claim.hidden) release();
    claim.open = true;
    claim.scrollIntoView();
  }

  for (const button of filters) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  showAll.addEventListener("click", () => {
    release();
    filters[0]?.focus();
  });
  const fold = (open) => () => claims.filter((claim) => !claim.hidden).forEach((claim) => { claim.open = open; });
  document.getElementById("unfold").addEventListener("click", fold(true));
  document.getElementById("fold").addEventListener("click", fold(false));
  window.addEventListener("hashchange", reveal);

  // Paper cannot be unfolded: what is printed is open, and as before when it is done.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const one of closed) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
    closed = [];
  });

  document.querySelector(".spread").hidden = true;
  document.querySelector(".tools").hidden = false;
  reveal();
})();
