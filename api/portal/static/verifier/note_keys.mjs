// SPDX-License-Identifier: Apache-2.0
// Keys of signed notes as one line of text (C2SP signed-note), and what each type signs: the note text (0x01), or a
// checkpoint with a time (0x04 Ed25519 and 0x06 ML-DSA-44, C2SP tlog-cosignature).

import { base64, equal, fromBase64, fromUint, hex, joined, uint64, utf8 } from "./bytes.mjs";
import { parseCheckpoint } from "./checkpoint_text.mjs";
import { Refused, demand } from "./refused.mjs";
import { sha256 } from "./sha2.mjs";
import { verifySignature } from "./suites.mjs";

export const NOTE = 0x01;
export const ED25519_COSIGNER = 0x04;
export const ML_DSA_44_COSIGNER = 0x06;

const ALGORITHMS = { [NOTE]: "ed25519", [ED25519_COSIGNER]: "ed25519", [ML_DSA_44_COSIGNER]: "ml-dsa-44" };
const PUBLIC_BYTES = { ed25519: 32, "ml-dsa-44": 1312 };
const SUBTREE = utf8("subtree/v1\n\0");
const MOST_SECONDS = (1n << 63n) - 1n;
const MOST_VKEY = 4096;

/** Refuse a name that cannot stand in a signature line: empty, or with plus signs, controls or Unicode spaces. */
export function demandKeyName(name, place) {
  demand(name !== "" && !/[+\u0000-\u001f\u0085\p{White_Space}]/u.test(name), "form", place, "no name of a key");
}

/** The first 4 bytes of SHA-256(name ‖ LF ‖ type ‖ public key). */
export function noteKeyId(name, type, publicKey) {
  return sha256(utf8(`${name}\n`), Uint8Array.of(type), publicKey).subarray(0, 4);
}

/** The key in one line of text: name, id in hex, type and key in base64, joined by plus signs; `types` are allowed. */
export function parseNoteKey(text, types = [NOTE]) {
  const [, name, id, material] = /^([^+]*)\+([^+]*)\+(.*)$/s.exec(text.slice(0, MOST_VKEY)) ?? [];
  demand(material !== undefined && text.length <= MOST_VKEY, "form", "verifier key", "not name+id+key");
  demandKeyName(name, "verifier key");
  const data = fromBase64(material, "verifier key");
  const type = data[0];
  demand(types.includes(type), "form", "verifier key", "its type is not for this place");
  const publicKey = data.subarray(1);
  const alg = ALGORITHMS[type];
  demand(publicKey.length === PUBLIC_BYTES[alg], "form", "verifier key", "a key of the wrong length");
  const keyId = noteKeyId(name, type, publicKey);
  demand(hex(keyId) === id, "form", "verifier key", "the id is not that of name and key");
  if (type !== NOTE) demand(utf8(name).length <= 255, "form", "verifier key", "a cosigner's name has at most 255 bytes");
  return { name, type, alg, publicKey, keyId, text: `${name}+${id}+${base64(data)}` };
}

/** Whether two keys are the same key under the same name. */
export function sameKey(one, other) {
  return one.text === other.text;
}

/** Whether a signature line names this key. */
export function isLineOf(key, line) {
  return key.name === line.name && equal(key.keyId, line.keyId);
}

/** The time that a cosignature states, in seconds since 1970; 0 in one of ML-DSA-44 states none. */
export function secondsIn(signature) {
  return fromUint(signature.subarray(0, 8));
}

/** Whether `signature` is one of `key` over the note `text`. */
export function signedBy(key, text, signature) {
  if (key.type === NOTE) return verifySignature(key.alg, key.publicKey, utf8(text), signature);
  const seconds = secondsIn(signature);
  if (signature.length < 8 || seconds > MOST_SECONDS) return false;
  const message = key.type === ED25519_COSIGNER ? utf8(`cosignature/v1\ntime ${seconds}\n${text}`) : subtree(key, text, seconds);
  return message !== null && verifySignature(key.alg, key.publicKey, message, signature.subarray(8));
}

/** What an ML-DSA-44 cosigner signs for the checkpoint in `text`, or null if there is none. */
function subtree(key, text, seconds) {
  let checkpoint;
  try {
    checkpoint = parseCheckpoint(text);
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
  const origin = utf8(checkpoint.origin);
  if (origin.length > 255) return null;
  const name = utf8(key.name);
  const who = joined(Uint8Array.of(name.length), name, uint64(seconds), Uint8Array.of(origin.length), origin);
  return joined(SUBTREE, who, uint64(0n), uint64(checkpoint.size), checkpoint.root);
}
