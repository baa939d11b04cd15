// SPDX-License-Identifier: Apache-2.0
// The text of a checkpoint (C2SP tlog-checkpoint): origin, size and root, a line each.

import { equal, fromBase64, fromDecimal } from "./bytes.mjs";
import { EMPTY_ROOT, HASH_BYTES } from "./merkle.mjs";
import { demand } from "./refused.mjs";

/** What the note text says; extension lines are kept and mean nothing. */
export function parseCheckpoint(text) {
  demand(text.endsWith("\n"), "form", "checkpoint", "the last line does not end");
  const lines = text.slice(0, -1).split("\n");
  demand(lines.length >= 3 && !lines.includes(""), "form", "checkpoint", "origin, size and root are a line each");
  const [origin, sizeText, rootText, ...extensions] = lines;
  const size = fromDecimal(sizeText, "checkpoint line 2");
  const root = fromBase64(rootText, "checkpoint line 3");
  const sound = root.length === HASH_BYTES && (size !== 0n || equal(root, EMPTY_ROOT));
  demand(sound, "form", "checkpoint line 3", `not a root of ${size} entries`);
  return { origin, size, root, extensions };
}
