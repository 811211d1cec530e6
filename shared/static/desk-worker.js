// Below /desk/ only: without network the desk's page and its style and scripts come from what this device keeps.
// It keeps nothing itself, and answers nothing that changes anything.
"use strict";
const PATIENCE = 8000;
const DESK = new RegExp("^" + new URL(self.registration.scope).pathname + "[a-z0-9-]+/?$");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && DESK.test(url.pathname)) {
    event.respondWith(orKept(request, url.pathname.replace(/\/$/, "") + "/offline"));
  } else if (url.pathname.includes("/static/")) {
    event.respondWith(orKept(request, request.url));
  }
});

async function orKept(request, instead) {
  let tooLong;
  const slow = new Promise((_done, failed) => { tooLong = setTimeout(failed, PATIENCE); });
  try {
    return await Promise.race([fetch(request), slow]);
  } catch {
    return (await caches.match(instead)) ?? fetch(request);
  } finally { clearTimeout(tooLong); }
}
