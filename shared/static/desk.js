// The desk by keyboard: search while typing, arrows through the rows, Enter checks the first one in, Esc clears.
// Without it the form searches as forms do.
const form = document.querySelector("form[data-live]");
const rows = document.getElementById("rows");
const PATIENCE = 4000;
let waiting, asked = 0, shown = form.q.value;

export const fromServer = async (wanted) => {
  const answer = await fetch(form.action + "?q=" + encodeURIComponent(wanted), {
    headers: { "X-Part": "rows" }, signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.redirected) { // locked or logged out meanwhile: the whole page says so
    document.dispatchEvent(new Event("let-out"));
    location.reload();
  }
  return answer.ok && !answer.redirected ? answer.text() : null;
};
let source = (wanted) => fromServer(wanted).catch(() => null);
export const searchBy = (other) => { source = other; };

// `what` is HTML of our own server, or elements.
export const search = async () => {
  clearTimeout(waiting);
  const mine = ++asked, wanted = form.q.value;
  const what = await source(wanted);
  if (what === null || mine !== asked) return;
  if (typeof what === "string") rows.innerHTML = what; else rows.replaceChildren(what);
  shown = wanted;
};
export const clear = () => { form.q.value = ""; return search(); };

const buttons = () => [...rows.querySelectorAll("button")];
// Only ever checks in, and only whom the rows show for what stands in the field now.
const first = async () => {
  if (shown !== form.q.value) await search();
  const [button] = buttons();
  if (!button || shown !== form.q.value) return;
  if (button.value === "check-in") button.click(); else button.focus();
};
const step = (by) => {
  const every = [form.q, ...buttons()];
  every[Math.max(0, every.indexOf(document.activeElement) + by)]?.focus();
};

form.q.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 150); });
document.addEventListener("keydown", (event) => {
  const inside = event.target === form.q || rows.contains(event.target);
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") { form.q.focus(); clear(); }
  else if (event.key === "ArrowDown" && inside) step(1);
  else if (event.key === "ArrowUp" && inside) step(-1);
  else if (event.key === "Enter" && event.target === form.q && form.q.value.trim()) first();
  else return;
  event.preventDefault();
});
form.q.select();
