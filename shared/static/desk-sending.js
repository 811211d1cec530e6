// Sends what was tapped, in order, as soon as the server can be reached: a tap leaves this device only when the server
// has answered it. It shows nothing; whoever tells it `changed` does.
import * as store from "./desk-store.js";

const PATIENCE = 8000, AT_ONCE = 500;
const json = (path, options = {}) => fetch(path, {
  ...options,
  headers: { Accept: "application/json", "X-Idle": "1", ...options.headers },
  signal: AbortSignal.timeout(PATIENCE),
});

export class Sending {
  // `state`: open, away (no network), locked (its PIN is asked for), ended (it is no device any more).
  constructor(desk, changed) { Object.assign(this, { desk, changed, state: "open", busy: false, again: false }); }

  async send() {
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    try {
      do { this.again = false; await this.#round(); } while (this.again && this.state === "open");
    } catch (error) {
      if (![TypeError, DOMException, SyntaxError].some((kind) => error instanceof kind)) throw error;
      this.state = "away"; // the fetch failed, took too long, or somebody else answered
    } finally {
      this.busy = false;
      await this.changed();
    }
  }

  async #round() {
    const proof = await this.#hello();
    if (this.state === "ended") await store.forgetNames();
    if (this.state !== "open") return;
    for (let taps = await store.waiting(this.desk); taps.length; taps = await store.waiting(this.desk)) {
      if (!(await this.#merge(taps.slice(0, AT_ONCE), proof))) return;
    }
    const answer = await json(this.desk + "/list");
    if (answer.ok) {
      const { people, until } = await answer.json();
      await store.keep(this.desk, { people, until });
    }
  }

  // The server's time, for clocks that go wrong, and the proof that what is sent comes from this page.
  async #hello() {
    const asked = Date.now(), answer = await json(this.desk + "/now");
    const { now, proof, type = "" } = await answer.json().catch(() => ({}));
    if (answer.ok && proof) {
      await store.keep(this.desk, { difference: Math.round(now - (asked + Date.now()) / 2) });
      this.state = "open";
      return proof;
    }
    // Only our own word ends it: some server on the way (a login page of the Wi-Fi, a proxy) answers whatever it likes.
    const over = type.startsWith("urn:rapport:") && [401, 403, 404].includes(answer.status);
    this.state = type === "urn:rapport:locked" ? "locked" : over ? "ended" : "away";
    return "";
  }

  async #merge(taps, proof) {
    const body = JSON.stringify({
      taps: taps.map(({ id, attendee, action, tapped, difference }) => ({ id, attendee, action, tapped, difference })),
    });
    const answer = await json(this.desk + "/merge", {
      method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": proof },
    });
    if ([400, 413, 422].includes(answer.status)) return this.#apart(taps, proof, answer);
    if (!answer.ok) { this.state = answer.status === 401 ? "locked" : "away"; return false; }
    const told = new Map((await answer.json()).taps.map((one) => [one.id, one]));
    const answered = taps.filter((tap) => told.has(tap.id));
    const otherwise = answered.filter((tap) => told.get(tap.id).outcome !== "done");
    await store.settle(answered, otherwise.map((tap) => this.#toLookAt(tap, told.get(tap.id))));
    return answered.length === taps.length;
  }

  // One that cannot be read never holds up the others.
  async #apart(taps, proof, answer) {
    if (taps.length > 1) {
      const half = taps.length >> 1;
      return (await this.#merge(taps.slice(0, half), proof)) && this.#merge(taps.slice(half), proof);
    }
    const { detail = "" } = await answer.json().catch(() => ({}));
    await store.settle(taps, [this.#toLookAt(taps[0], { tapped: "", sentence: detail })]);
    return true;
  }

  #toLookAt({ id, attendee, action }, { tapped, sentence }) {
    return { id, desk: this.desk, attendee, action, tapped, sentence };
  }
}
