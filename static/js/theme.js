// Sets light or dark before the first paint, and switches without a reload.
"use strict";
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    if (root.dataset.theme === "auto") root.dataset.bsTheme = system.matches ? "dark" : "light";
  };
  follow();
  system.addEventListener("change", follow);

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-theme-switch]");
    if (!form) return;
    event.preventDefault();
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    root.dataset.theme = root.dataset.bsTheme = theme;
    const body = new FormData(form);
    body.set("theme", theme);
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });
  });
})();
