// Asks every few seconds whether the queue changed. Rows never move under the cursor: what is new
// waits behind a bar until somebody presses it.
"use strict";
(() => {
  // A filter acts as soon as it is chosen; without a script its button does.
  const filters = document.querySelector("[data-filters]");
  filters?.querySelector("[data-without-script]")?.remove();
  filters?.addEventListener("change", (event) => {
    if (event.target.matches("select")) filters.requestSubmit();
  });
  filters?.addEventListener("submit", () => {
    for (const field of filters.elements) if (field.name && !field.value) field.disabled = true;
  });

  const live = document.getElementById("live");
  if (!live) return;
  const EVERY = 8000;
  const checked = document.getElementById("checked");
  let token = null, drawn = live.dataset.live, asked = Date.now();

  const address = (name, value) => {
    const url = new URL(location.href);
    if (name) url.searchParams.set(name, value);
    return url;
  };
  const known = () => [...document.querySelectorAll("#queue [data-known]")];

  // A row that somebody else took stays where it is and says so in place of its second line.
  function mark() {
    for (const said of live.querySelectorAll("template[data-gone]")) {
      const row = known().find((one) => one.dataset.known.startsWith(`${said.dataset.gone}.`));
      const line = row?.querySelector(".who span");
      if (!line || row.classList.contains("is-gone")) continue;
      row.classList.add("is-gone");
      line.textContent = said.content.textContent;
      row.querySelector(".row-do")?.remove();
      row.dataset.can = "";
    }
  }
  async function ask() {
    if (document.hidden) return;
    try {
      const headers = { "X-Requested-With": "fetch", ...(token ? { "If-None-Match": token } : {}) };
      const url = address("live", drawn);
      url.searchParams.set("on", known().map((row) => row.dataset.known).join(","));
      const answer = await fetch(url, { headers });
      if (answer.status === 200 && !answer.redirected) {
        if (!token || answer.headers.get("ETag") !== token) live.innerHTML = await answer.text();
        mark();
        token ??= answer.headers.get("ETag");
      }
      if (answer.ok || answer.status === 304) asked = Date.now();
    } catch { /* offline: the line below says how old the page is */ }
  }
  async function show() {
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const picked = new Set([...document.querySelectorAll('input[name="pick"]:checked')].map((box) => box.value));
    for (const selector of ["#queue", ".sidenav", ".pagehead p"]) {
      const fresh = page.querySelector(selector), old = document.querySelector(selector);
      if (fresh && old) old.replaceWith(fresh);
    }
    for (const box of document.querySelectorAll('input[name="pick"]')) box.checked = picked.has(box.value);
    drawn = page.getElementById("live").dataset.live;
    token = null;
    live.replaceChildren();
    document.querySelector("#queue [data-row] a")?.focus({ preventScroll: true });
    document.dispatchEvent(new Event("handoff:drawn"));
  }

  live.addEventListener("click", (event) => { if (event.target.closest("[data-show]")) show(); });
  setInterval(ask, EVERY);
  setInterval(() => {
    if (!checked) return;
    checked.hidden = false;
    checked.textContent = `Checked ${Math.round((Date.now() - asked) / 1000)} s ago`;
  }, 1000);
})();
