// SPDX-License-Identifier: Apache-2.0
// What a reader brings from outside: a policy file, a key of the log, or the hash of the genesis (spec §6.2).

import { utf8 } from "./bytes.mjs";
import { ML_DSA_44_COSIGNER, NOTE, parseNoteKey } from "./note_keys.mjs";
import { parsePolicy } from "./policy.mjs";

export const LOG_KEY_TYPES = [NOTE, ML_DSA_44_COSIGNER];

/** {kind, …} of a pasted text; null of an empty one; refused if it is none of the three. */
export function parseTrust(text) {
  const plain = text.trim();
  if (plain === "") return null;
  if (/^[0-9a-fA-F]{64}$/.test(plain)) return { kind: "genesis", hash: plain.toLowerCase() };
  if (/^[ \t]*quorum[ \t]/m.test(plain)) return { kind: "policy", policy: parsePolicy(utf8(text)) };
  return { kind: "key", key: parseNoteKey(plain, LOG_KEY_TYPES) };
}
