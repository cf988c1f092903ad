// A long list to pick from, narrowed by what is typed; who is ticked stays in sight. Without a script
// the list is whole.
"use strict";
(() => {
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  for (const box of document.querySelectorAll("[data-narrows]")) {
    const rows = [...document.getElementById(box.dataset.narrows).children];
    const field = box.querySelector("input");
    box.hidden = false;
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    field.addEventListener("input", () => {
      const asked = folded(field.value).split(/\s+/).filter(Boolean);
      for (const row of rows) {
        const name = folded(row.dataset.name);
        row.hidden = !row.querySelector("input").checked && !asked.every((word) => name.includes(word));
      }
    });
  }
})();
