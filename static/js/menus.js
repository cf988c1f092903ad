// Menus are details elements and open without a script; this closes them, and moves the focus.
"use strict";
(() => {
  const open = () => document.querySelectorAll("details.menu[open]");
  const close = (menu) => { menu.open = false; };

  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) close(menu);
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      const inside = menu.contains(document.activeElement);
      close(menu);
      if (inside) menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("details.menu") || !menu.open) return;
    for (const other of open()) if (other !== menu && !other.contains(menu)) close(other);
    if (menu.dataset.byKey) {
      delete menu.dataset.byKey;
      menu.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
    }
  }, true);

  // A page asked for with a menu open starts in it.
  const asked = document.querySelector(".actionbar details.menu[open]");
  const field = ":is(input:not([type=hidden]), select, textarea)";
  (asked?.querySelector(`.field:has(.field-error) ${field}`) || asked?.querySelector(field))?.focus();

  // A form sent twice by an impatient hand is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });

  // Choices that come later, with their counts, keep what was chosen meanwhile.
  const chosen = new WeakMap();
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.matches?.("select")) chosen.set(event.target, event.target.value);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const value = event.target.matches?.("select") && chosen.get(event.target);
    if (value) event.target.value = value;
  });

  // The first day of a month ahead, by a button: so many months, or the next quarter.
  for (const row of document.querySelectorAll("[data-quick]")) row.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-quick] button");
    if (!button) return;
    const now = new Date(), month = now.getMonth();
    const ahead = button.value === "quarter" ? 3 - (month % 3) : Number(button.value);
    const day = new Date(Date.UTC(now.getFullYear(), month + ahead, 1));
    const field = document.getElementById(button.parentElement.dataset.quick);
    field.value = day.toISOString().slice(0, 10);
    field.form.querySelector(".btn-primary:last-of-type").focus();
  });

  // What a chosen reason needs (a note, a date) is asked for; the server checks it either way.
  const ask = (form) => {
    const picked = form.querySelector("[data-needs]:checked, option[data-needs]:checked");
    const needs = (picked?.dataset.needs || "").split(" ");
    for (const part of form.querySelectorAll("[data-needed-for]")) {
      const wanted = needs.includes(part.dataset.neededFor);
      part.querySelector("[data-optional]")?.toggleAttribute("hidden", wanted);
      for (const input of part.querySelectorAll("input, select, textarea")) input.required = wanted;
    }
  };
  document.addEventListener("change", (event) => { if (event.target.form) ask(event.target.form); });
  document.querySelectorAll("form").forEach(ask);
})();
