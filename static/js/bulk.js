// Rows picked for one answer: how many, all of them, or all from one to another (shift and click).
// Without a script the boxes and the bar work all the same.
"use strict";
(() => {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const said = bar.querySelector("[data-picked]"), none = said.textContent;
  const boxes = () => [...document.querySelectorAll('input[name="pick"]')];
  let last = null;

  const show = () => {
    const every = boxes(), picked = every.filter((box) => box.checked);
    for (const box of every) box.closest("tr").classList.toggle("is-picked", box.checked);
    said.textContent = picked.length ? `${picked.length} picked` : none;
    bar.classList.toggle("is-idle", !picked.length);
    bar.querySelector("summary")?.setAttribute("aria-disabled", String(!picked.length));
    const all = document.querySelector("[data-pick-all]");
    if (!all) return;
    all.closest("label").hidden = false;
    all.checked = picked.length > 0 && picked.length === every.length;
    all.indeterminate = picked.length > 0 && !all.checked;
  };
  const range = (from, to, checked) => {
    const every = boxes(), ends = [every.indexOf(from), every.indexOf(to)].sort((a, b) => a - b);
    for (const box of every.slice(ends[0], ends[1] + 1)) box.checked = checked;
  };
  const clear = () => { for (const box of boxes()) box.checked = false; };

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-pick-none]")) clear();
    else if (event.target.matches("[data-pick-all]")) for (const box of boxes()) box.checked = event.target.checked;
    else if (event.target.matches('input[name="pick"]')) {
      if (event.shiftKey && last?.isConnected) range(last, event.target, event.target.checked);
      last = event.target;
    } else if (event.target.closest('[data-bulk] summary[aria-disabled="true"]')) event.preventDefault();
    else return;
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open], details.menu[open]")) return;
    clear();
    show();
  });
  document.addEventListener("handoff:drawn", show);
  addEventListener("pageshow", show);
  show();
})();
