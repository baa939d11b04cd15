// SPDX-License-Identifier: Apache-2.0
// The static files of a log (C2SP tlog-tiles): their paths, entry bundles, and hashes read from tiles.
// `read(path)` gives the bytes of a file, or throws `Refused` with the reason "missing".

import { equal } from "./bytes.mjs";
import { HASH_BYTES, checkInclusion, nodeHash, rootOf } from "./merkle.mjs";
import { Refused, demand } from "./refused.mjs";

const WIDTH = 256n;
const HEIGHT = 8n;
const MAX_LEVEL = 63n;
const PATH = /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** The path of a tile; `level` is null for an entry bundle. */
export function tilePath({ level, number, width }) {
  const groups = [];
  for (let rest = number; groups.length === 0 || rest > 0n; rest /= 1000n) {
    groups.unshift(`${groups.length ? "x" : ""}${String(rest % 1000n).padStart(3, "0")}`);
  }
  const partial = width === WIDTH ? "" : `.p/${width}`;
  return `tile/${level === null ? "entries" : level}/${groups.join("/")}${partial}`;
}

/** The tile that a path names in its one spelling. */
export function parseTilePath(path) {
  const found = path.length <= 64 ? PATH.exec(path) : null;
  demand(found !== null, "form", path.slice(0, 64), "not the path of a tile");
  const level = found[1] === "entries" ? null : BigInt(found[1]);
  const number = BigInt(found[2].replace(/[x/]/g, ""));
  const tile = { level, number, width: found[3] === undefined ? WIDTH : BigInt(found[3]) };
  const sound = tilePath(tile) === path && tile.width <= WIDTH && (level ?? 0n) <= MAX_LEVEL;
  demand(sound, "form", path, "not the path of a tile");
  return tile;
}

/** The entries of a bundle that must hold exactly `width` of them. */
export function decodeBundle(data, width, place) {
  const entries = [];
  let at = 0;
  while (at < data.length) {
    demand(data.length - at >= 2, "form", place, "the bundle ends within a length");
    const end = at + 2 + ((data[at] << 8) | data[at + 1]);
    demand(end <= data.length, "form", place, "the bundle ends within an entry");
    entries.push(data.subarray(at + 2, end));
    at = end;
  }
  demand(entries.length === Number(width), "form", place, `${entries.length} entries, not ${width}`);
  return entries;
}

/** What a log of one size and root holds, by its static files; nothing is given out that does not lead to the root. */
export class TiledLog {
  #read;
  #files = new Map();

  constructor(read, { size, root }) {
    this.#read = read;
    this.size = size;
    this.root = root;
  }

  /** The leaf hash at `index`, proved under size and root. */
  async provedLeaf(index) {
    demand(index < this.size, "proof", `entry ${index}`, `the log has ${this.size} entries`);
    const leaf = await this.#hashOf(index, index + 1n);
    const path = await this.inclusionPath(index);
    checkInclusion({ index, size: this.size, leaf, path, root: this.root });
    return leaf;
  }

  /** The inclusion path of leaf `index`, leaf side first (RFC 9162 §2.1.3.1). */
  async inclusionPath(index) {
    const path = [];
    let [low, high] = [0n, this.size];
    while (high - low > 1n) {
      const middle = low + split(high - low);
      const [from, to] = index < middle ? [middle, high] : [low, middle];
      path.unshift(await this.#hashOf(from, to));
      [low, high] = index < middle ? [low, middle] : [middle, high];
    }
    return path;
  }

  /** The path that proves the tree of `old` leaves to be the beginning of this one (RFC 9162 §2.1.4.1). */
  async consistencyPath(old) {
    const path = [];
    let [low, high, isWhole] = [0n, this.size, true];
    while (old !== high) {
      const middle = low + split(high - low);
      if (old <= middle) {
        path.unshift(await this.#hashOf(middle, high));
        high = middle;
      } else {
        path.unshift(await this.#hashOf(low, middle));
        [low, isWhole] = [middle, false];
      }
    }
    return isWhole ? path : [await this.#hashOf(low, high), ...path];
  }

  /** The bytes that the log's bundle holds at `index`; whoever asks compares their hash with `provedLeaf`. */
  async entry(index) {
    const number = index / WIDTH;
    const { data, width, path } = await this.#file(null, number, this.size);
    return decodeBundle(data, width, path)[Number(index % WIDTH)];
  }

  /** The bytes that the log's bundles hold at `count` positions from `first` on, one bundle in memory at a time. */
  async *entriesFrom(first, count) {
    const end = first + BigInt(count);
    for (let number = first / WIDTH; number * WIDTH < end; number += 1n) {
      const low = number * WIDTH;
      const { data, width, path } = await this.#once(null, number, this.size);
      for (const [at, entry] of decodeBundle(data, width, path).entries()) {
        const seq = low + BigInt(at);
        if (seq >= first && seq < end) yield [seq, entry];
      }
    }
  }

  /** Refuse unless `leaves` are the leaf hashes of the log from `first` on; proves each tile once, and keeps none. */
  async checkLeaves(first, leaves) {
    const end = first + BigInt(leaves.length);
    demand(end <= this.size, "proof", `entry ${first}`, `the log has ${this.size} entries`);
    for (let number = first / WIDTH; number * WIDTH < end; number += 1n) {
      const low = number * WIDTH;
      for (const [at, proved] of (await this.#provedTile(number)).entries()) {
        const seq = low + BigInt(at);
        if (seq < first || seq >= end) continue;
        demand(equal(proved, leaves[Number(seq - first)]), "proof", `entry ${seq}`, "the tree holds another entry here");
      }
    }
  }

  /** The leaf hashes in tile `number`, folded with the hashes beside them to the root. */
  async #provedTile(number) {
    const [first, count] = [number * WIDTH, this.size - number * WIDTH];
    const { data, path } = await this.#once(0n, number, this.size);
    const leaves = [];
    for (let at = 0; at < Number(count < WIDTH ? count : WIDTH); at++) {
      leaves.push(data.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
    }
    const end = first + BigInt(leaves.length);
    const fold = async (low, high) => {
      if (high <= first || low >= end) return this.#hashOf(low, high);
      if (first <= low && high <= end) return rootOf(leaves.slice(Number(low - first), Number(high - first)));
      const middle = low + split(high - low);
      return nodeHash(await fold(low, middle), await fold(middle, high));
    };
    demand(equal(await fold(0n, this.size), this.root), "proof", path, "it does not lead to the root");
    return leaves;
  }

  /** The root over the leaves from `low` up to `high`. */
  async #hashOf(low, high) {
    const span = high - low;
    const half = split(span);
    if (span > 1n && half * 2n !== span) {
      return nodeHash(await this.#hashOf(low, low + half), await this.#hashOf(low + half, high));
    }
    let height = 0n;
    while (1n << height < span) height += 1n;
    const [level, above] = [height / HEIGHT, height % HEIGHT];
    const first = low >> (level * HEIGHT);
    const { data } = await this.#file(level, first / WIDTH, this.size >> (level * HEIGHT));
    const hashes = [];
    for (let at = first % WIDTH; at < (first % WIDTH) + (1n << above); at++) {
      hashes.push(data.subarray(Number(at) * HASH_BYTES, Number(at + 1n) * HASH_BYTES));
    }
    return rootOf(hashes);
  }

  /** Tile or bundle `number` of a level with `count` hashes or entries; the full one where a partial one is gone. */
  async #file(level, number, count) {
    const path = tilePath(tileAt(level, number, count));
    if (!this.#files.has(path)) this.#files.set(path, await this.#once(level, number, count));
    return this.#files.get(path);
  }

  /** The same, and not kept. */
  async #once(level, number, count) {
    const tile = tileAt(level, number, count);
    const path = tilePath(tile);
    return this.#files.get(path) ?? (await this.#fetched(tile, path));
  }

  async #fetched(tile, path) {
    try {
      return this.#checked(tile, path, await this.#read(path));
    } catch (error) {
      const gone = error instanceof Refused && (error.reason === "missing" || error.reason === "withheld");
      if (!gone || tile.width === WIDTH) throw error;
      const full = { ...tile, width: WIDTH };
      return this.#checked(full, tilePath(full), await this.#read(tilePath(full)));
    }
  }

  #checked(tile, path, data) {
    const fits = tile.level === null || data.length === Number(tile.width) * HASH_BYTES;
    demand(fits, "form", path, `${data.length} bytes do not hold ${tile.width} hashes`);
    return { data, path, width: tile.width };
  }
}

/** Tile or bundle `number` of a level with `count` hashes or entries. */
function tileAt(level, number, count) {
  const rest = count - number * WIDTH;
  return { level, number, width: rest < WIDTH ? rest : WIDTH };
}

/** The largest power of two below `n` (RFC 9162 §2.1.1); 1 for 1. */
function split(n) {
  let k = 1n;
  while (k << 1n < n) k <<= 1n;
  return k;
}
