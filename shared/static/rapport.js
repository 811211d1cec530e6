// Small helps; every page works without them. Focus the error summary, keep a form's draft on this device, "/" searches.
"use strict";
(() => {
  const summary = document.querySelector(".summary");
  if (summary) summary.focus();

  document.addEventListener("keydown", (event) => {
    const search = document.querySelector("input[type=search]");
    if (event.key === "/" && search && localStorage.getItem("keys") !== "off" && !/^(input|textarea|select)$/i.test(event.target.tagName)) {
      event.preventDefault();
      search.focus();
    }
  });

  const preview = document.querySelector("[data-preview]");
  if (preview) showPreview(preview, preview.closest("form"));

  const done = document.querySelector("[data-draft-done]");
  if (done) localStorage.removeItem("draft:" + done.dataset.draftDone);

  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  form.querySelectorAll(".no-script").forEach((part) => part.remove());
  const name = "draft:" + form.dataset.draft;
  const note = form.querySelector("[data-draft-note]");
  const say = (attribute) => { if (note) note.textContent = note.dataset[attribute]; };
  const fields = () => [...form.elements].filter((field) => field.name && field.type !== "hidden");
  const read = () => JSON.stringify(fields().map((f) => [f.name, /checkbox|radio/.test(f.type) ? [f.value, f.checked] : f.value]));
  const kept = localStorage.getItem(name);
  if (kept && !summary) {
    try {
      JSON.parse(kept).forEach(([field, value], index) => {
        const here = fields()[index];
        if (!here || here.name !== field) return;
        if (Array.isArray(value)) here.checked = value[1]; else here.value = value;
      });
      say("restored");
      form.dispatchEvent(new Event("input"));
    } catch { localStorage.removeItem(name); }
  }
  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { localStorage.setItem(name, read()); say("saved"); }, 400);
  });
})();

// What the other will see, as it is typed; without this file a button shows it.
function showPreview(preview, form) {
  const ticked = (name) => [...form.querySelectorAll(`input[name=${name}]:checked`)].map((field) => field.value);
  const put = (name, text) => {
    const place = preview.querySelector(`[data-preview-${name}]`);
    if (place) place.textContent = text;
    const part = preview.querySelector(`[data-preview-part=${name}]`);
    if (part) part.hidden = !text;
  };
  const nobody = preview.querySelector("[data-preview-name]").textContent;
  const show = () => {
    const role = ticked("role")[0];
    put("name", form.elements.name.value.trim().split(/\s+/)[0] || nobody);
    put("goal", form.elements.goal.value.trim());
    put("wants", role === "mentor" ? "" : ticked("wants").join(", "));
    put("offers", role === "mentee" ? "" : ticked("offers").join(", "));
  };
  form.addEventListener("input", show);
  show();
}

// A part of a page that looks again by itself, at an address of its own or (an empty one) at the page it stands in: the server
// says how often, nothing is drawn where nothing is new, and a page that has no such part any more, or is not for whoever looks
// any more, is loaded as it now is. That it looked is no tap: a device left alone locks itself all the same.
(() => {
  const part = document.querySelector("[data-again]");
  if (!part) return;
  const own = part.dataset.again;
  let etag = part.dataset.etag ? `"${part.dataset.etag}"` : "", every = Number(part.dataset.every), shown = part.innerHTML, timer;
  const again = () => { clearTimeout(timer); timer = setTimeout(look, every * 1000); };
  const lost = document.querySelector("[data-again-lost]");
  const tell = (gone) => { if (lost) lost.hidden = !gone; };
  const look = async () => {
    if (document.hidden) return;
    try {
      const headers = { "X-Idle": "1", ...(etag ? { "If-None-Match": etag } : {}) };
      const answer = await fetch(own || location.href, { headers, cache: "no-store" });
      if (own && (answer.redirected || [401, 403, 404].includes(answer.status))) return location.reload();
      every = Number(answer.headers.get("X-Every")) || every;
      if (answer.ok || (!own && answer.status < 500)) {
        etag = answer.headers.get("ETag") || etag;
        const text = await answer.text();
        const next = own ? text : new DOMParser().parseFromString(text, "text/html").querySelector("[data-again]")?.innerHTML;
        if (next === undefined) return location.reload();
        if (next !== shown) draw(shown = next);
      }
      tell(answer.status >= 500);
    } catch { tell(true); /* no network: the page stays as it is, and looks again */ }
    again();
  };
  const draw = (html) => {
    const told = (one) => one.id || one.getAttribute("href") || (one.matches("summary") ? one.parentElement.id : "");
    const held = part.contains(document.activeElement) ? told(document.activeElement) : "";
    const folds = new Map([...part.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
    part.innerHTML = html;
    for (const one of part.querySelectorAll("details[id]")) if (folds.has(one.id)) one.open = folds.get(one.id);
    const same = held && [...part.querySelectorAll("a, button, summary, [tabindex]")].find((one) => told(one) === held);
    if (same) same.focus({ preventScroll: true });
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  again();
})();

// What is still on its way opens by itself; without this file the button does it.
(() => {
  const next = document.querySelector("a[data-next]");
  if (next) setTimeout(() => { location.href = next.href; }, 2500);
})();
