// Nobody is logged in here: the names that a device kept for the time without network go. Taps that wait have none.
import { forgetNames } from "./desk-store.js";
if (globalThis.indexedDB && globalThis.caches) forgetNames();
