// The keyboard: an element with data-key="x" is pressed, focused or opened by that key.
"use strict";
(() => {
  const typing = (element) =>
    element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const shown = (element) => element.offsetParent !== null || element.closest("details.menu");
  const cursor = () => document.querySelector("[data-row].is-cursor");

  function move(step) {
    const list = rows();
    if (!list.length) return false;
    const at = list.indexOf(cursor());
    const row = list[Math.min(list.length - 1, Math.max(0, at + step))];
    cursor()?.classList.remove("is-cursor");
    row.classList.add("is-cursor");
    row.querySelector("a")?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  function press(element) {
    if (element.matches("summary")) {
      const menu = element.parentElement;
      menu.dataset.byKey = "yes";
      menu.open = !menu.open;
    } else if (element.matches("input")) {
      element.focus();
      element.select();
    } else {
      element.click();
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.body.dataset.shortcuts === "off" || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "?") {
      document.getElementById("keys")?.showModal();
      return event.preventDefault();
    }
    if ((key === "j" || key === "k") && move(key === "j" ? 1 : -1)) return event.preventDefault();
    const inRow = cursor()?.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
    const target = inRow || [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(shown);
    if (target) {
      event.preventDefault();
      press(target);
    }
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (!row || row === cursor()) return;
    cursor()?.classList.remove("is-cursor");
    row.classList.add("is-cursor");
  });
})();
