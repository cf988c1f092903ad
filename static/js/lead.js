// On a phone what is read less often starts folded; on paper everything is open.
"use strict";
(() => {
  const folds = () => document.querySelectorAll("details[data-fold]");
  if (matchMedia("(max-width: 48rem)").matches) for (const fold of folds()) fold.open = false;
  addEventListener("beforeprint", () => { for (const fold of folds()) fold.open = true; });
})();
