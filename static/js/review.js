// The timer of an item counts between two looks at the server, whose clock is the measure; it warns
// some time before the end (templatetags/meetings.py) and once it is over, and stops nothing.
// A page that has lost the server says so until it is back.
"use strict";
(() => {
  const skews = new WeakMap();

  function tick() {
    for (const timer of document.querySelectorAll("[data-timer]")) {
      if (!skews.has(timer)) skews.set(timer, Date.parse(timer.dataset.at) - Date.now());
      const time = timer.querySelector("time"), said = timer.querySelector("small");
      const left = Math.trunc((Date.parse(time.dateTime) - Date.now() - skews.get(timer)) / 1000);
      const over = left <= 0, near = !over && left <= Number(timer.dataset.timer), whole = Math.abs(left);
      time.textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
      said.textContent = over ? "over" : near ? "left, wrap up" : "left";
      timer.classList.toggle("is-over", over);
      timer.classList.toggle("is-near", near);
    }
  }
  const lost = (is) => {
    for (const line of document.querySelectorAll("[data-lost]")) line.hidden = !is;
  };

  tick();
  setInterval(tick, 500);
  document.addEventListener("htmx:afterSwap", tick);
  document.addEventListener("htmx:sendError", () => lost(true));
  document.addEventListener("htmx:timeout", () => lost(true));
  document.addEventListener("htmx:afterOnLoad", () => lost(false));
  document.addEventListener("htmx:responseError", (event) => {
    if ([401, 403, 404].includes(event.detail.xhr.status)) location.reload();
    else lost(true);
  });
})();
