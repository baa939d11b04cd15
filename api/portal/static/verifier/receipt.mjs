// SPDX-License-Identifier: Apache-2.0
// Receipts (C2SP tlog-proof): the place of an entry, its inclusion path, and a checkpoint, in one file.

import { fromBase64, fromDecimal, fromUtf8 } from "./bytes.mjs";
import { HASH_BYTES, checkInclusion } from "./merkle.mjs";
import { openCheckpoint, parseNote } from "./note.mjs";
import { demand } from "./refused.mjs";

const MOST_BYTES = 2 << 20;
const MOST_HASHES = 63;

/** The parts of a `.tlog-proof` file, none of them checked. */
export function parseReceipt(data) {
  demand(data.length <= MOST_BYTES, "form", "receipt", "longer than 2 MiB");
  const cut = data.findIndex((byte, at) => byte === 10 && data[at + 1] === 10);
  demand(cut >= 0, "form", "receipt", "no empty line before the checkpoint");
  const head = fromUtf8(data.subarray(0, cut), "receipt");
  const checkpoint = data.subarray(cut + 2);
  parseNote(checkpoint);
  const lines = head.split("\n");
  demand(lines.shift() === "c2sp.org/tlog-proof@v1", "form", "receipt line 1", "another format");
  const extra = lines[0]?.startsWith("extra ") ? parseExtra(lines.shift()) : null;
  const [indexLine, ...hashes] = lines;
  demand(indexLine?.startsWith("index "), "form", "receipt", "no index line");
  demand(hashes.length <= MOST_HASHES, "form", "receipt", "more than 63 hashes");
  const path = hashes.map((line, at) => fromBase64(line, `receipt hash ${at}`));
  demand(path.every((hash) => hash.length === HASH_BYTES), "form", "receipt", "a hash does not have 32 bytes");
  return { index: fromDecimal(indexLine.slice(6), "receipt index"), path, checkpoint, extra };
}

function parseExtra(line) {
  const extra = fromBase64(line.slice(6), "receipt line 2");
  demand(extra.length > 0, "form", "receipt line 2", "no data");
  return extra;
}

/** The checkpoint that proves the entry with this leaf hash to stand at `receipt.index`. */
export function checkReceipt(receipt, leaf, keys, origin = null) {
  const checkpoint = openCheckpoint(receipt.checkpoint, keys, origin);
  checkInclusion({ index: receipt.index, size: checkpoint.size, leaf, path: receipt.path, root: checkpoint.root });
  return checkpoint;
}
