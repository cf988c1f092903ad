// Asks now and then how many messages are not read: the bell, the title of the tab, and, politely,
// whoever listens to the page are told. Pages say the count themselves; this only keeps it fresh.
"use strict";
(() => {
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  const EVERY = 20000;
  const said = document.querySelector("[data-bell-said]");
  const title = document.title;
  let token = null, known = Number(bell.dataset.unread), timer = 0;

  const shown = (number) => (number > 99 ? "99+" : `${number}`);
  function draw(number) {
    document.title = number ? `(${shown(number)}) ${title}` : title;
    bell.setAttribute("aria-label", number ? `Notifications, ${number} unread` : "Notifications");
    let pip = bell.querySelector(".pip");
    if (!number) pip?.remove();
    else {
      pip ??= bell.appendChild(Object.assign(document.createElement("span"), { className: "pip" }));
      pip.textContent = shown(number);
    }
  }
  async function ask() {
    if (document.hidden) return;
    try {
      const headers = { "X-Requested-With": "fetch", ...(token ? { "If-None-Match": token } : {}) };
      const answer = await fetch(bell.dataset.bell, { headers });
      if (answer.redirected) return clearInterval(timer);
      if (answer.status !== 200) return;
      token = answer.headers.get("ETag");
      const { unread, newest } = await answer.json();
      if (unread > known) said.textContent = `New message: ${newest}`;
      if (unread !== known) draw(unread);
      known = unread;
    } catch { /* offline: the count stays as it was */ }
  }
  if (known) draw(known);
  timer = setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
})();
