// The keyboard. An element with data-key="x" is pressed, focused or opened by that key; where leads
// are picked, the bar's data-bulk-key comes first, then the row under the cursor. `g` and a key goes
// to a place. Keys rest while somebody types or a dialog is open, and once they are switched off.
"use strict";
(() => {
  const ANSWERS = { r: "reject", t: "touch", e: "dispose", m: "return", s: "reassign", u: "recycle", h: "advance" };
  const PLACE = "handoff:cursor";
  const typing = (element) =>
    element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const shown = (element) => element.offsetParent !== null || element.closest("details.menu");
  const cursor = () => document.querySelector("[data-row].is-cursor");
  const named = (name, key) => `[data-${name}="${CSS.escape(key)}"]`;

  function stand(row) {
    cursor()?.classList.remove("is-cursor");
    row.classList.add("is-cursor");
    row.querySelector("a")?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  function move(step) {
    const list = rows();
    if (list.length) stand(list[Math.min(list.length - 1, Math.max(0, list.indexOf(cursor()) + step))]);
    return list.length > 0;
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
    return true;
  }

  // A reason or answer by its own key: done at once, unless it asks for more.
  function pick(key) {
    const choice = document.querySelector(`details.menu[open] ${named("pick", key)}, [data-asking] ${named("pick", key)}`);
    if (!choice) return false;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    const { form } = choice;
    const stays = choice.closest("[data-picks]").dataset.picks === "stay";
    const lacks = stays ? form.querySelector("[type=checkbox]") : [...form.elements].find((one) => one.willValidate && !one.checkValidity());
    if (lacks) lacks.focus();
    else form.requestSubmit();
    return true;
  }

  function bulk(key) {
    const button = document.querySelector(`[data-bulk]:not(.is-idle) ${named("bulk-key", key)}`);
    return Boolean(button) && press(button);
  }

  // What the row has no button for is answered on the lead's page, opened at that answer.
  function inRow(key) {
    const row = cursor();
    const button = row?.querySelector(named("row-key", key));
    if (button) return press(button);
    if (!row?.dataset.can?.includes(key) || !ANSWERS[key]) return false;
    const page = new URL(row.querySelector("a").href);
    page.searchParams.set("do", ANSWERS[key]);
    location.assign(page);
    return true;
  }

  let going = 0;
  function go(key) {
    const asked = Date.now() - going < 2000;
    going = key === "g" && !asked ? Date.now() : 0;
    if (going) return true;
    const place = asked && document.querySelector(named("go", key));
    if (place) location.assign(place.href);
    return Boolean(place);
  }

  // The list of keys leaves out what does nothing on this page.
  function help() {
    const dialog = document.getElementById("keys");
    const can = rows().map((row) => row.dataset.can ?? "").join("");
    for (const name of dialog?.querySelectorAll("[data-tells]") ?? []) {
      const keys = name.dataset.tells.split(" ").filter(Boolean);
      const works = document.querySelector(name.dataset.where || "no-place") || keys.some((key) => can.includes(key) || ("jk".includes(key) && rows().length)
        || document.querySelector(`${named("key", key)}, ${named("row-key", key)}`));
      for (const part of [name, name.nextElementSibling]) part.hidden = !works;
    }
    dialog?.showModal();
    return Boolean(dialog);
  }

  function onPage(key) {
    const found = [...document.querySelectorAll(named("key", key))].find(shown);
    return Boolean(found) && press(found);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.body.dataset.shortcuts === "off" || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key.length !== 1 && key !== "arrowright") return;
    if (key === " " && event.target.closest("button, a, summary, input, [tabindex='0']")) return;
    const done = pick(key) || go(key) || (key === "?" && help())
      || ((key === "j" || key === "k") && move(key === "j" ? 1 : -1))
      || bulk(key) || inRow(key) || onPage(key);
    if (done) event.preventDefault();
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (!row || row === cursor()) return;
    cursor()?.classList.remove("is-cursor");
    row.classList.add("is-cursor");
  });

  // Who comes back to the list they answered from stands where they stood.
  addEventListener("pagehide", () => {
    const at = rows().indexOf(cursor());
    if (at >= 0) sessionStorage.setItem(PLACE, JSON.stringify([location.pathname, at]));
  });
  const [path, at] = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
  const list = rows();
  if (path === location.pathname && list.length && !location.hash) stand(list[Math.min(at, list.length - 1)]);
})();
