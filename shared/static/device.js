// A device at the door locks itself when nobody taps for five minutes: its PIN page, and what was typed comes back.
// The server decides; this only shows it. Without network nothing can be asked: the page clears what it shows instead.
"use strict";
(() => {
  const desk = document.querySelector("meta[name=device]")?.content;
  if (!desk) return;
  const LOCKS = 5 * 60 * 1000, TELLS = 20 * 1000, LOOKS = 5 * 1000;
  const name = "typing:" + location.pathname;
  let tapped = Date.now(), told = Date.now(), asking = false;

  const fields = () => [...document.querySelectorAll("main input, main textarea, main select")]
    .filter((field) => field.name && !/hidden|password/.test(field.type));
  const ticks = (field) => /checkbox|radio/.test(field.type);
  const keep = () => sessionStorage.setItem(name, JSON.stringify(fields().map((field) =>
    ticks(field) ? [field.name, field.value, field.checked] : [field.name, field.value])));
  const restore = () => {
    const kept = sessionStorage.getItem(name);
    if (!kept) return;
    sessionStorage.removeItem(name);
    for (const [field, value, checked] of JSON.parse(kept)) {
      const here = fields().find((one) => one.name === field && (checked === undefined || one.value === value));
      if (!here) continue;
      if (checked === undefined) here.value = value; else here.checked = checked;
      here.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  const ask = (headers) => fetch(desk + "/now", { headers: { Accept: "application/json", ...headers } });
  const lock = () => {
    keep();
    location.assign(desk + "/unlock?next=" + encodeURIComponent(location.pathname + location.search));
  };
  const look = async () => {
    if (asking || Date.now() - tapped < LOCKS) return;
    asking = true;
    try {
      if ((await ask({ "X-Idle": "1" })).status === 401) lock();
    } catch {
      document.dispatchEvent(new Event("left-alone"));
    } finally { asking = false; }
  };
  const tap = () => {
    if (Date.now() - tapped >= LOCKS) { look(); return; } // too late to count
    tapped = Date.now();
    if (tapped - told < TELLS) return;
    told = tapped;
    ask({}).then((answer) => { if (answer.status === 401) lock(); }, () => {});
  };

  restore();
  document.addEventListener("let-out", keep);
  setInterval(look, LOOKS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, tap, { capture: true });
})();
