// A device at the door works on without network: what is tapped is kept here first and sent when it can be; searching
// goes on over the list that this device keeps. Every text comes from the page.
import { clear, fromServer, search, searchBy } from "./desk.js";
import { Sending } from "./desk-sending.js";
import * as store from "./desk-store.js";

const page = document.getElementById("away"), { desk, worker, letters } = page.dataset;
const AGAIN = 5000, FRESH = 120000, ROWS = 20;
const sending = new Sending(desk, tell);
const part = (name) => document.getElementById(name);
const fold = (text) => text.toLowerCase().replace(/ß/g, "ss").replace(/ı/g, "i").replace(/ł/g, "l").replace(/ø/g, "o")
  .normalize("NFKD").replace(/\p{M}/gu, "");
// As shared/codes.py: nobody's name has digits.
const isCode = (text) => text.includes("/q/") || (/^[a-z0-7]{12}$/i.test(text.replace(/[-\s]/g, "")) && /\d/.test(text));
let contacted = 0, owed = 0;

// The list as it is with what was tapped here since.
async function people() {
  const tapped = new Map((await store.waiting(desk)).map((tap) => [tap.attendee, tap.action === "check-in"]));
  return (await store.facts(desk)).people.map((one) => ({ ...one, here: tapped.get(one.id) ?? one.here }));
}

function row(person) {
  const item = part("away-row").content.firstElementChild.cloneNode(true);
  const form = item.querySelector("form");
  Object.assign(form.dataset, { person: person.id, name: person.name });
  for (const place of item.querySelectorAll("[data-name-here]")) place.textContent = person.name;
  for (const unfit of item.querySelectorAll(person.here ? "[data-gone]" : "[data-here]")) unfit.remove();
  return item;
}

async function fromHere(wanted) {
  const words = fold(wanted).split(/\s+/).filter(Boolean);
  if (words.join("").length < Number(letters)) return part("away-none").content.cloneNode(true);
  const found = (await people()).filter((one) => words.every((word) => fold(one.name).includes(word))).slice(0, ROWS);
  if (!found.length) return part(isCode(wanted) ? "away-code" : "away-nobody").content.cloneNode(true);
  const list = document.createElement("ul");
  list.className = "rows";
  list.append(...found.map(row));
  return list;
}

async function tap(attendee, name, action) {
  const { difference = 0 } = await store.facts(desk);
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  await store.add({ desk, id, attendee, action, tapped: Date.now(), difference });
  after({ id: attendee, name, here: action === "check-in" });
}

async function after(person) {
  say(person);
  await tell();
  if (sending.state !== "open") await search();
  await sending.send();
  await search();
}

function say(person) {
  const said = part("said"), text = page.dataset[person.here ? "here" : "gone"].replace("{name}", person.name);
  const undo = row(person).querySelector("form");
  const line = document.createElement("p");
  line.append(text, " ", undo);
  for (const button of undo.querySelectorAll("button")) button.className = "link";
  undo.querySelector("span[data-here]")?.remove();
  said.replaceChildren(line);
  said.hidden = false;
  document.querySelectorAll("[data-served]").forEach((old) => old.remove());
}

async function tell() {
  const { state } = sending;
  owed = (await store.waiting(desk)).length;
  const word = owed === 0 ? "none" : owed === 1 ? "one" : "many";
  const text = state === "open" ? "" : page.dataset[state + word[0].toUpperCase() + word.slice(1)];
  part("away-text").textContent = text.replace("{n}", owed);
  part("away-pin").hidden = state !== "locked";
  page.hidden = !text;
  const known = await people();
  if (known.length) part("count").textContent = page.dataset.count.replace("{n}", known.filter((one) => one.here).length);
  await tellAnswers();
  if (state === "open") contacted = Date.now();
}

async function tellAnswers() {
  const answers = await store.answers(desk), list = part("answers").querySelector("ul");
  const names = new Map((await store.facts(desk)).people.map((person) => [person.id, person.name]));
  list.replaceChildren(...answers.map((answer) => {
    const item = part("answer").content.firstElementChild.cloneNode(true);
    item.querySelector("strong").textContent = names.get(answer.attendee) ?? page.dataset.somebody;
    const tapped = page.dataset[answer.action === "check-in" ? "tapped" : "untapped"].replace("{time}", answer.tapped);
    item.querySelector("[data-sentence]").textContent = answer.tapped ? `${tapped} ${answer.sentence}` : answer.sentence;
    item.querySelector("button").addEventListener("click", async () => { await store.seen(answer.id); tellAnswers(); });
    return item;
  }));
  part("answers").hidden = !answers.length;
}

async function keepThePage() {
  await navigator.serviceWorker.register(worker);
  const kept = await caches.open("rapport-desk");
  for (const path of [desk + "/offline", ...page.dataset.keep.split(" ")]) {
    const answer = await fetch(path, { headers: { "X-Idle": "1" } });
    if (answer.ok && !answer.redirected) await kept.put(path, answer);
  }
}

// Where nothing can be kept (a full device, say), the form goes its own way.
function sendPlainly(form, { name, value }) {
  const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  form.append(field);
  form.submit();
}

function submitted(event) {
  const form = event.target, { person, name } = form.dataset;
  if (person) {
    event.preventDefault();
    tap(person, name, event.submitter.value).catch(() => sendPlainly(form, event.submitter));
  } else if (form.action.endsWith("/logout") && owed && !confirm(page.dataset.leave)) event.preventDefault();
}

async function begin() {
  const { until = Infinity, difference = 0 } = await store.facts(desk); // where that fails, all stays as without this
  searchBy(async (wanted) => {
    if (sending.state === "away") return fromHere(wanted);
    return fromServer(wanted).catch(() => fromHere(wanted));
  });
  document.addEventListener("submit", submitted);
  document.addEventListener("left-alone", () => { part("said").hidden = true; clear(); });
  addEventListener("online", () => sending.send());
  addEventListener("offline", () => { sending.state = "away"; tell(); });
  if (Date.now() + difference >= until) await store.forgetAll();
  await tell();
  await sending.send();
  if (sending.state === "open") await keepThePage();
  else if (sending.state === "away" && !part("rows").firstElementChild) await search(); // says what one can search in
  setInterval(() => {
    if (owed || sending.state !== "open" || Date.now() - contacted > FRESH) sending.send();
  }, AGAIN);
}
if (navigator.serviceWorker && globalThis.caches) begin(); // nowhere but over https, or on this machine
