// SPDX-License-Identifier: Apache-2.0
// The tree of RFC 9162 §2.1: hashes, roots, and the two proofs. Sizes and positions are BigInt.

import { equal } from "./bytes.mjs";
import { demand } from "./refused.mjs";
import { sha256 } from "./sha2.mjs";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const TOO_LARGE = 1n << 63n;

export const HASH_BYTES = 32;
export const EMPTY_ROOT = sha256();

/** The hash of an entry. */
export function leafHash(entry) {
  return sha256(LEAF, entry);
}

/** The hash over two subtrees. */
export function nodeHash(left, right) {
  return sha256(NODE, left, right);
}

/** The root over leaf hashes (RFC 9162 §2.1.1). */
export function rootOf(leaves) {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

function demandHashes(hashes) {
  demand(hashes.every((hash) => hash.length === HASH_BYTES), "proof", "Merkle proof", "a hash does not have 32 bytes");
}

/** Refuse unless `path` proves that `leaf` stands at `index` among the `size` leaves of `root` (RFC 9162 §2.1.3.2). */
export function checkInclusion({ index, size, leaf, path, root }) {
  demand(index >= 0n && index < size && size < TOO_LARGE, "proof", "Merkle proof", `no leaf ${index} of ${size}`);
  demandHashes([leaf, root, ...path]);
  let fn = index;
  let sn = size - 1n;
  let r = leaf;
  for (const p of path) {
    demand(sn !== 0n, "proof", "Merkle proof", "the path is longer than the tree is high");
    if (fn & 1n || fn === sn) {
      r = nodeHash(p, r);
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      r = nodeHash(r, p);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  demand(sn === 0n, "proof", "Merkle proof", "the path ends below the root");
  demand(equal(r, root), "proof", "Merkle proof", "the path leads to another root");
}

/** Refuse unless `path` proves that the later tree begins with the whole earlier one (RFC 9162 §2.1.4.2, spec §2.8). */
export function checkConsistency({ oldSize, newSize, oldRoot, newRoot, path }) {
  const sound = oldSize > 0n && oldSize <= newSize && newSize < TOO_LARGE;
  demand(sound, "proof", "Merkle proof", `nothing leads from ${oldSize} to ${newSize}`);
  if (oldSize === newSize) {
    const same = path.length === 0 && equal(oldRoot, newRoot);
    demand(same, "proof", "Merkle proof", "one size has one root and nothing to prove");
    return;
  }
  demandHashes([oldRoot, newRoot, ...path]);
  demand(path.length > 0, "proof", "Merkle proof", "the path is empty");
  const isPower = (oldSize & (oldSize - 1n)) === 0n;
  const [first, ...rest] = isPower ? [oldRoot, ...path] : path;
  let fn = oldSize - 1n;
  let sn = newSize - 1n;
  while (fn & 1n) [fn, sn] = [fn >> 1n, sn >> 1n];
  let fr = first;
  let sr = first;
  for (const c of rest) {
    demand(sn !== 0n, "proof", "Merkle proof", "the path is longer than the tree is high");
    if (fn & 1n || fn === sn) {
      [fr, sr] = [nodeHash(c, fr), nodeHash(c, sr)];
      while (!(fn & 1n) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      sr = nodeHash(sr, c);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  demand(sn === 0n, "proof", "Merkle proof", "the path ends below the root");
  demand(equal(fr, oldRoot), "proof", "Merkle proof", "the path does not hold the earlier root");
  demand(equal(sr, newRoot), "proof", "Merkle proof", "the path leads to another root");
}
