// The approval queue: how many leads are picked, and all of them at once. Works without it too.
"use strict";
(() => {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const said = bar.querySelector("[data-picked]");
  const button = bar.querySelector("summary");
  const none = said.textContent;
  const boxes = [...document.querySelectorAll('input[name="pick"]')];
  const all = document.querySelector("[data-pick-all]");
  all.closest("label").hidden = false;

  const show = () => {
    const picked = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr").classList.toggle("is-picked", box.checked);
    said.textContent = picked.length ? `${picked.length} picked` : none;
    bar.classList.toggle("is-idle", !picked.length);
    button.setAttribute("aria-disabled", String(!picked.length));
    all.checked = picked.length === boxes.length;
    all.indeterminate = picked.length > 0 && !all.checked;
  };
  document.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    if (event.target === all || boxes.includes(event.target)) show();
  });
  button.addEventListener("click", (event) => {
    if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  });
  show();
})();
