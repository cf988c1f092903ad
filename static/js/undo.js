// An answer can be taken back for ten seconds; longer while somebody points at the button or stands
// on it. Without a script the button stays, and the server says when it is too late.
"use strict";
(() => {
  const OFFERED = 10000;
  for (const way of document.querySelectorAll("[data-undo]")) {
    const close = () => {
      if (way.matches(":hover, :focus-within")) return void setTimeout(close, 1000);
      way.remove();
    };
    setTimeout(close, OFFERED);
  }
})();
