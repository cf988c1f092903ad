// Texts are copied with one press; without a script they are selected by hand. A mail link carries
// what was changed in the text before it is opened.
"use strict";
(() => {
  const LONGEST = 1800;
  const named = (id) => document.getElementById(id);
  const ready = () => {
    for (const one of document.querySelectorAll("[data-copies]")) one.hidden = false;
    document.querySelector("#words [data-without-script]")?.remove();
  };

  async function copy(field) {
    try {
      await navigator.clipboard.writeText(field.value);
      return true;
    } catch {
      field.focus();
      field.select();
      return document.execCommand("copy");
    }
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const said = button.parentElement.querySelector("[data-copied]");
    const done = await copy(named(button.dataset.copies));
    said.textContent = done ? "Copied." : "Selected: press Ctrl+C to copy it.";
  });
  document.addEventListener("input", (event) => {
    const link = event.target.closest("section")?.querySelector("[data-mail]");
    if (!link) return;
    const head = link.href.split("?")[0];
    const subject = encodeURIComponent(named(link.dataset.subject)?.value ?? "");
    const body = encodeURIComponent(named(link.dataset.body).value.replace(/\r?\n/g, "\r\n"));
    const short = `${head}?subject=${subject}`, whole = `${short}&body=${body}`;
    link.href = whole.length <= LONGEST ? whole : short;
  });
  document.addEventListener("htmx:afterSettle", ready);
  ready();
})();
