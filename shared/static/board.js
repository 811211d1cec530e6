// The live board by keyboard: arrows go through everything that can be opened, letters go to its parts. Without this file Tab does.
"use strict";
(() => {
  const board = document.getElementById("board");
  if (!board) return;
  const can = "a[href], button, summary";
  const seen = (one) => one.checkVisibility();
  const step = (by) => {
    const every = [...board.querySelectorAll(can)].filter(seen);
    const at = every.indexOf(document.activeElement);
    every[at < 0 ? (by > 0 ? 0 : every.length - 1) : Math.max(0, Math.min(every.length - 1, at + by))]?.focus();
  };
  const go = (key) => {
    const part = board.querySelector(`[data-key="${key}"]`);
    if (!part) return false;
    if (part.matches("a")) part.click(); else part.focus();
    return true;
  };
  const typing = (target) => /^(input|textarea|select)$/i.test(target.tagName) && target.type !== "checkbox";

  const keys = document.querySelector("[data-keys]");
  keys.closest("label").hidden = false;
  keys.checked = localStorage.getItem("keys") !== "off";
  keys.addEventListener("change", () => localStorage.setItem("keys", keys.checked ? "on" : "off"));

  document.addEventListener("keydown", (event) => {
    if (!keys.checked || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") (board.querySelector(can) || board).focus();
    else if (typing(event.target)) return;
    else if (event.key === "ArrowDown" && (board.contains(event.target) || event.target === document.body)) step(1);
    else if (event.key === "ArrowUp" && board.contains(event.target)) step(-1);
    else if (!/^[a-z]$/i.test(event.key) || !go(event.key.toLowerCase())) return;
    event.preventDefault();
  });
})();
