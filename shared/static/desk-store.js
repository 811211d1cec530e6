// What lies on a device at the door: per desk the list (id, name, state), taps that wait (ids and times only), answers
// to look at. Names go when the device is ended or logged out, everything when the conference is over.
const open = () => new Promise((done, failed) => {
  const asked = indexedDB.open("rapport-desk", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("desks", { keyPath: "desk" });
    asked.result.createObjectStore("taps", { keyPath: "order", autoIncrement: true });
    asked.result.createObjectStore("answers", { keyPath: "id" });
  };
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => failed(asked.error);
});
let opened;
const within = async (stores, act, mode = "readwrite") => {
  opened ??= open();
  const during = (await opened).transaction(stores, mode);
  const result = act(...stores.map((name) => during.objectStore(name)));
  return new Promise((done, failed) => {
    during.oncomplete = () => done(result?.result);
    during.onerror = during.onabort = () => failed(during.error);
  });
};
const all = async (name, desk) =>
  (await within([name], (store) => store.getAll(), "readonly")).filter((one) => one.desk === desk);

export const facts = async (desk) => (await within(["desks"], (desks) => desks.get(desk), "readonly")) ?? { desk, people: [] };
export const keep = async (desk, news) => {
  const known = await facts(desk);
  await within(["desks"], (desks) => desks.put({ ...known, ...news }));
};
export const add = (tap) => within(["taps"], (taps) => taps.add(tap));
export const waiting = (desk) => all("taps", desk);
export const answers = (desk) => all("answers", desk);
export const seen = (id) => within(["answers"], (stored) => stored.delete(id));

// The server has answered these: they wait no longer; what needs a look stays until somebody has seen it.
export const settle = (sent, toLookAt) => within(["taps", "answers"], (taps, stored) => {
  for (const tap of sent) taps.delete(tap.order);
  for (const answer of toLookAt) stored.put(answer);
});

export const forgetNames = async () => {
  const known = await indexedDB.databases?.();
  if (known && !known.some((one) => one.name === "rapport-desk")) return;
  await within(["desks"], (desks) => desks.clear());
  await caches.delete("rapport-desk");
};
export const forgetAll = async () => {
  await within(["desks", "taps", "answers"], (...stores) => { for (const store of stores) store.clear(); });
  await caches.delete("rapport-desk");
};
