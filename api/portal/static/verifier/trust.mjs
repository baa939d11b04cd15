// SPDX-License-Identifier: Apache-2.0
// What a reader brings from outside: a policy file, a key of the log, the hash of the genesis (spec §6.2), or the line of
// a printed anchor (spec §2.11).

import { fromBase64, fromDecimal, utf8 } from "./bytes.mjs";
import { isOrigin } from "./form.mjs";
import { HASH_BYTES } from "./merkle.mjs";
import { LOG_KEY_TYPES } from "./log_keys.mjs";
import { parseNoteKey } from "./note_keys.mjs";
import { parsePolicy } from "./policy.mjs";
import { demand } from "./refused.mjs";

const ANCHOR = "fundtrace/anchor/v1";

/** {kind, …} of a pasted text; null of an empty one; refused if it is none of the four. */
export function parseTrust(text) {
  const plain = text.trim();
  if (plain === "") return null;
  if (/^[0-9a-fA-F]{64}$/.test(plain)) return { kind: "genesis", hash: plain.toLowerCase() };
  if (/^[ \t]*quorum[ \t]/m.test(plain)) return { kind: "policy", policy: parsePolicy(utf8(text)) };
  if (plain.startsWith(`${ANCHOR} `)) return { kind: "anchor", ...parseAnchor(plain) };
  return { kind: "key", key: parseNoteKey(plain, LOG_KEY_TYPES) };
}

/** Origin, size and root of a printed anchor. */
export function parseAnchor(line) {
  const words = line.split(" ");
  demand(words.length === 4 && words[0] === ANCHOR && isOrigin(words[1]), "form", "anchor", "not four words: form, origin, size, root");
  const [, origin, sizeText, rootText] = words;
  const [size, root] = [fromDecimal(sizeText, "anchor"), fromBase64(rootText, "anchor")];
  demand(size > 0n && root.length === HASH_BYTES, "form", "anchor", "not a size and a root");
  return { origin, size, root };
}
