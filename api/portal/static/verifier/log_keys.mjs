// SPDX-License-Identifier: Apache-2.0
// The keys of a log at its size (spec §2.16): those of genesis, as the events that administrators signed changed them.

import { fromBase64, utf8 } from "./bytes.mjs";
import { openCheckpoint } from "./note.mjs";
import { ML_DSA_44_COSIGNER, NOTE, parseNoteKey } from "./note_keys.mjs";
import { Refused, demand } from "./refused.mjs";
import { verifySignature } from "./suites.mjs";

export const LOG_KEY_TYPES = [NOTE, ML_DSA_44_COSIGNER];

/** Keys of one log that come and go, in the order of its entries. */
export class LogKeys {
  #states = new Map();

  /** `genesis` is that of the log, `hash` the leaf hash of its entry in hex. */
  constructor(genesis, hash) {
    this.origin = genesis.origin;
    this.hash = hash;
    for (const text of genesis.log_keys) this.#states.set(text, "current");
  }

  /** The texts of the keys with which the log signs now. */
  get current() {
    return [...this.#states].filter(([, state]) => state === "current").map(([text]) => text);
  }

  /** Whether the log once signed with this key and does so no more. */
  hasRetired(text) {
    return this.#states.get(text) === "retired";
  }

  /** Take one `log_key` event whose submission was checked. */
  take({ action, vkey, proof }, place) {
    demand(action === "add" || action === "retire", "form", place, "it neither adds nor retires a key");
    demand(typeof vkey === "string", "form", place, "it names no key");
    if (action === "retire") {
      demand(this.#states.get(vkey) === "current", "signature", place, "it retires what is no current key of the log");
      const { type } = parseNoteKey(vkey, LOG_KEY_TYPES);
      const others = this.current.filter((text) => text !== vkey).flatMap(keyOrNone);
      demand(others.some((key) => key.type === type), "signature", place, "it retires the last key of its type");
      this.#states.set(vkey, "retired");
      return;
    }
    const key = parseNoteKey(vkey, LOG_KEY_TYPES);
    demand(key.name === this.origin && !this.#states.has(vkey), "signature", place, "its key is not new, or not of this log");
    demand(typeof proof === "string", "form", place, "the proof that the key is held is missing");
    const message = utf8(`fundtrace/log-key/v1\n${this.hash}\n${vkey}\n`);
    const held = verifySignature(key.alg, key.publicKey, message, fromBase64(proof, place));
    demand(held, "signature", place, "the proof that the key is held does not fit");
    this.#states.set(vkey, "current");
  }

  /** Refuse a note that lacks a line of a type of which there is a current key (spec §2.5). */
  checkLines(note) {
    const known = this.current.flatMap(keyOrNone);
    const { verified } = openCheckpoint(note, known, this.origin);
    for (const { type } of known) {
      const signed = verified.some(({ key }) => key.type === type);
      demand(signed, "signature", "checkpoint", `no line of type ${type}, of which the log has a key`);
    }
  }
}

/** The key in a list, or nothing where its type is not known here. */
function keyOrNone(text) {
  try {
    return [parseNoteKey(text, LOG_KEY_TYPES)];
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}
