// The definition room with a script: rows open in place, move by dragging and by Alt with an arrow,
// thresholds are dragged, lists are picked. Everything it does a form does too.
"use strict";
(() => {
  const room = () => document.getElementById("sections");
  if (!room()) return;
  let revision = room().dataset.revision;
  let held = null; // the control of the open row that had the focus before it was drawn again

  // What could not be kept comes back with its reasons, and is shown like any other answer.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const control = document.activeElement;
    if (event.target !== room()) return;
    held = control?.closest("#editor") && control.name ? { name: control.name, at: same(control.name).indexOf(control) } : null;
  });
  const same = (name) => [...document.querySelectorAll("#editor [name]")].filter((one) => one.name === name);

  document.addEventListener("htmx:afterSettle", (event) => {
    const sections = room();
    if (event.target !== sections && !sections.contains(event.target)) return;
    enhance();
    if (sections.dataset.revision !== revision) {
      revision = sections.dataset.revision;
      htmx.trigger(document.body, "draft-changed");
    }
    settleFocus(sections);
  });

  function settleFocus(sections) {
    const refused = sections.querySelector("#editor [role=alert]");
    const wanted = sections.dataset.kept && document.getElementById(sections.dataset.kept);
    const first = sections.querySelector("#editor :is(input, select):not([type=hidden])");
    if (document.activeElement === document.body || !document.activeElement) {
      const goal = sections.querySelector("#undo") || again(sections) || first || wanted;
      goal?.focus({ preventScroll: goal !== first || Boolean(refused) });
    }
    refused?.scrollIntoView({ block: "nearest" });
  }

  // One more condition is gone on with; else the focus stays where it was.
  function again(sections) {
    if (!held) return null;
    const added = held.name === "more" && [...sections.querySelectorAll("#editor [name$=-subject]")].pop();
    return added || same(held.name)[held.at] || sections.querySelector("#editor [name=more]");
  }

  // The form is drawn again where a choice changes which controls belong to it.
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-redraws]")) return;
    event.target.form.querySelector("[data-redraw]").click();
  });

  document.addEventListener("keydown", (event) => {
    const editor = event.target.closest?.("#editor");
    if (editor && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      editor.querySelector("[data-keep]").click();
    } else if (event.key === "Escape" && (event.target === document.body || event.target.closest?.(".rule-open"))) {
      document.querySelector(".rule-open [data-cancel]")?.click();
    } else if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      const row = event.target.closest?.(".rule.is-mine");
      const button = row?.querySelector(event.key === "ArrowUp" ? "[data-up]" : "[data-down]");
      if (row) event.preventDefault();
      button?.click();
    }
  });

  // Dragging a row by its number.
  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest?.("[data-handle]");
    if (!handle || event.button) return;
    const row = handle.closest(".rule"), list = row.parentElement;
    const rows = () => [...list.querySelectorAll(":scope > .rule.is-mine, :scope > .rule-open")];
    const from = rows().indexOf(row);
    event.preventDefault();
    row.classList.add("is-dragged");
    const over = (move) => {
      const under = document.elementFromPoint(move.clientX, move.clientY)?.closest(".rule.is-mine");
      if (!under || under === row || under.parentElement !== list) return;
      const box = under.getBoundingClientRect();
      under[move.clientY < box.top + box.height / 2 ? "before" : "after"](row);
    };
    const end = () => {
      removeEventListener("pointermove", over);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      row.classList.remove("is-dragged");
      const to = rows().indexOf(row), drop = row.querySelector("[data-drop]");
      if (to === from) return;
      drop.value = to;
      drop.click();
    };
    addEventListener("pointermove", over);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  });

  // A threshold and its slider say the same.
  document.addEventListener("input", (event) => {
    const pair = event.target.closest?.(".dragged");
    if (event.target.matches?.("[data-range]")) {
      pair.querySelector("[data-threshold]").value = event.target.value;
    } else if (event.target.matches?.("[data-threshold]")) {
      pair.querySelector("[data-range]").value = event.target.value;
    }
  });

  // A name that fits what the row says by now.
  document.addEventListener("click", (event) => {
    const offered = event.target.closest?.("[data-call]");
    const name = offered && document.getElementById("row-label");
    if (!name) return;
    name.value = offered.dataset.call;
    name.focus();
    name.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // A list of values: each a chip, and a box that takes one more.
  const split = (text) => {
    const found = [];
    for (const one of text.match(/"(?:[^"\\]|\\.)*"|[^,]+/g) || []) if (one.trim()) found.push(one.trim());
    return found;
  };
  const quoted = (text) => (text.includes(",") || text.startsWith('"') ? JSON.stringify(text) : text);

  function pick(field) {
    const box = document.createElement("div"), adder = field.cloneNode();
    const worded = "keys" in field.dataset ? (text) => text.replaceAll("_", " ") : (text) => text;
    const label = field.getAttribute("aria-label") || document.querySelector(`label[for="${field.id}"]`)?.textContent || "Values";
    const model = document.querySelector("template[data-chip]");
    box.className = "picked";
    for (const name of ["name", "id", "data-list"]) adder.removeAttribute(name);
    adder.value = "";
    adder.placeholder = "add…";
    adder.setAttribute("aria-label", `${label}: add one`);
    field.type = "hidden";
    field.removeAttribute("data-list");
    field.after(box);
    const draw = () => {
      box.replaceChildren(...split(field.value).map((value, at) => {
        const chip = model.content.firstElementChild.cloneNode(true);
        const text = value.startsWith('"') ? JSON.parse(value) : value;
        chip.prepend(worded(text));
        chip.setAttribute("aria-label", `Remove ${worded(text)}`);
        chip.addEventListener("click", () => set(split(field.value).filter((_, index) => index !== at)));
        return chip;
      }), adder);
    };
    const set = (values) => {
      field.value = values.join(", ");
      draw();
      adder.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const add = () => {
      const text = adder.value.trim();
      adder.value = "";
      if (text && !split(field.value).includes(quoted(text))) set([...split(field.value), quoted(text)]);
    };
    adder.addEventListener("change", add);
    adder.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey && adder.value.trim()) || (event.key === "," && adder.value.trim())) {
        event.preventDefault();
        add();
      } else if (event.key === "Backspace" && !adder.value) {
        set(split(field.value).slice(0, -1));
      } else if (event.key === "Enter") {
        add();
      }
    });
    try { draw(); } catch { field.type = "text"; box.remove(); }
  }

  function enhance() {
    for (const slider of document.querySelectorAll("[data-range][hidden]")) slider.hidden = false;
    for (const field of document.querySelectorAll("#editor [data-list]")) pick(field);
    const preview = document.querySelector("#editor [data-preview]");
    preview?.addEventListener("htmx:beforeSwap", dropLate);
  }

  // What was foreseen is drawn nowhere once its editor has gone.
  function dropLate(event) {
    if (!event.target.isConnected) event.detail.shouldSwap = false;
  }
  enhance();
})();
