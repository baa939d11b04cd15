// SPDX-License-Identifier: Apache-2.0
// Signed notes (C2SP signed-note): a text, an empty line, signature lines; and checkpoints in them.

import { fromBase64, fromUtf8, hex } from "./bytes.mjs";
import { parseCheckpoint } from "./checkpoint_text.mjs";
import { demandKeyName, isLineOf, sameKey, signedBy } from "./note_keys.mjs";
import { demand } from "./refused.mjs";

const MOST_BYTES = 1 << 20;
const MOST_SIGNATURES = 64;

/** Text and signature lines, none of them checked. */
export function parseNote(data) {
  demand(data.length <= MOST_BYTES, "form", "note", "longer than 1 MiB");
  const whole = fromUtf8(data, "note");
  demand(!/[\u0000-\u0009\u000b-\u001f]/.test(whole), "form", "note", "a control character");
  const cut = whole.lastIndexOf("\n\n");
  demand(cut >= 0 && whole.endsWith("\n"), "form", "note", "no signature lines after an empty line");
  const block = whole.slice(cut + 2);
  demand(block !== "", "form", "note", "no signature lines after an empty line");
  const lines = block.slice(0, -1).split("\n");
  demand(lines.length <= MOST_SIGNATURES, "form", "note", "more than 64 signatures");
  return { text: whole.slice(0, cut + 1), signatures: lines.map(parseLine) };
}

function parseLine(line, at) {
  const place = `signature line ${at + 1}`;
  const [, name, encoded] = /^— ([^ ]*) (.+)$/su.exec(line) ?? [];
  demand(encoded !== undefined, "form", place, "not a signature line");
  demandKeyName(name, place);
  const data = fromBase64(encoded, place);
  demand(data.length > 4, "form", place, "no signature after the key id");
  return { name, keyId: data.subarray(0, 4), signature: data.subarray(4) };
}

/** The text of a note and the lines of known keys, each of which holds; at least one must, and none may fail. */
export function openNote(data, keys) {
  const { text, signatures } = parseNote(data);
  const clash = keys.find((key, at) => keys.some((other, n) => n < at && isLineOf(key, other) && !sameKey(key, other)));
  demand(clash === undefined, "form", "known keys", "two of them share name and id");
  const verified = [];
  const seen = new Set();
  for (const line of signatures) {
    const key = keys.find((one) => isLineOf(one, line));
    if (key === undefined) continue;
    const place = `signature of ${line.name}`;
    const label = `${line.name} ${hex(line.keyId)}`;
    demand(!seen.has(label), "signature", place, "the same key signs twice");
    seen.add(label);
    demand(signedBy(key, text, line.signature), "signature", place, "it does not fit the text");
    verified.push({ key, ...line });
  }
  demand(verified.length > 0, "signature", "note", "no known key has signed");
  return { text, verified };
}

/** The checkpoint in a note that a known key of its own log has signed, and who else did. */
export function openCheckpoint(data, keys, origin = null) {
  const { text, verified } = openNote(data, keys);
  const checkpoint = parseCheckpoint(text);
  const asked = origin === null || checkpoint.origin === origin;
  demand(asked, "signature", "checkpoint", `it is of the log ${checkpoint.origin}, not ${origin}`);
  const own = verified.some((line) => line.name === checkpoint.origin);
  demand(own, "signature", "checkpoint", "no known key of the log itself has signed");
  return { ...checkpoint, verified };
}
