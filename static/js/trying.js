// The values real leads have, offered where a field was chosen. Without this they are typed.
"use strict";
(() => {
  const asked = new Map();
  const offersOf = (address) => {
    if (!asked.has(address)) {
      asked.set(address, fetch(address, { headers: { "HX-Request": "true" } })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer)))
        .catch(() => {
          asked.delete(address);
          return null;
        }));
    }
    return asked.get(address);
  };
  const offer = async (list, base, field) => {
    if (list.dataset.of === field) return;
    list.dataset.of = field;
    const html = field ? await offersOf(base.replace("FIELD", field)) : "";
    if (list.dataset.of !== field) return;
    if (html === null) {
      delete list.dataset.of;
      return;
    }
    const made = new DOMParser().parseFromString(`<datalist>${html}</datalist>`, "text/html");
    list.replaceChildren(...made.querySelectorAll("option"));
  };
  const fill = (select) => {
    const form = select.closest("[data-offers-base]");
    const list = document.getElementById(select.dataset.offers);
    if (form && list) offer(list, form.dataset.offersBase, select.value);
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-offers]")) fill(event.target);
  });
  const fillFor = (input) => {
    const list = input?.getAttribute?.("list");
    if (!list) return;
    const select = document.querySelector(`[data-offers="${CSS.escape(list)}"]`);
    if (select) fill(select);
  };
  document.addEventListener("focusin", (event) => fillFor(event.target));
  fillFor(document.activeElement); // who was quicker than this script
})();
