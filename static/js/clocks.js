// Keeps running clocks true between page loads. The thresholds are those of handoff/words.py.
"use strict";
(() => {
  const MINUTE = 60, SOON = 10 * MINUTE, COUNTED = 12 * 3600;

  const span = (seconds) => {
    const minutes = Math.max(1, Math.ceil(seconds / MINUTE)); // a minute begun is still left
    if (minutes < 60) return `${minutes} min`;
    if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
    return `${Math.floor(minutes / 1440)} days`;
  };
  const words = (left, far) => {
    if (left <= 0) return ["late", `${span(Math.floor(-left / MINUTE) * MINUTE)} late`];
    if (left <= SOON) return ["soon", `${span(left)} left`];
    return ["quiet", left <= COUNTED ? span(left) : far];
  };
  const drawing = (mood) => {
    const model = document.querySelector(`template[data-clock-icon="${mood}"]`);
    return model ? model.content.cloneNode(true) : null;
  };

  function tick() {
    for (const clock of document.querySelectorAll("[data-clock]")) {
      const time = clock.querySelector("time");
      const left = Math.floor((Date.parse(time.dateTime) - Date.now() - skew) / 1000);
      const [mood, said] = words(left, time.dataset.far);
      if (time.textContent !== said) time.textContent = said;
      if (!clock.classList.contains(`clock-${mood}`)) {
        clock.classList.remove("clock-quiet", "clock-soon", "clock-late");
        clock.classList.add(`clock-${mood}`);
        clock.querySelector("svg")?.remove();
        const icon = drawing(mood);
        if (icon) clock.prepend(icon);
      }
    }
  }

  // A viewer's own clock may be wrong: the server's time of this page is the measure.
  const served = document.querySelector("[data-now]");
  const skew = served ? Date.parse(served.dataset.now) - Date.now() : 0;
  tick();
  setInterval(tick, 5000);
  document.addEventListener("htmx:afterSwap", tick);
  document.addEventListener("handoff:drawn", tick);
})();
