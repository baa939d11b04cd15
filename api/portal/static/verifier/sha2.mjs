// SPDX-License-Identifier: Apache-2.0
// SHA-256 and SHA-512 (FIPS 180-4). The browser's own are missing on pages served over plain http.

import { joined } from "./bytes.mjs";

/** The first `count` primes. */
function primes(count) {
  const found = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime)) found.push(n);
  return found;
}

/** The first `bits` bits of the fraction of the `root`-th root of `n`: where the constants of SHA-2 come from. */
function fraction(n, root, bits) {
  const wanted = BigInt(n) << BigInt(root * bits);
  let low = 0n;
  let high = 1n << BigInt(bits + 6);
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(root) <= wanted) low = middle;
    else high = middle;
  }
  return low & ((1n << BigInt(bits)) - 1n);
}

const K256 = Uint32Array.from(primes(64), (prime) => Number(fraction(prime, 3, 32)));
const H256 = Uint32Array.from(primes(8), (prime) => Number(fraction(prime, 2, 32)));
const K512 = primes(80).map((prime) => fraction(prime, 3, 64));
const H512 = primes(8).map((prime) => fraction(prime, 2, 64));
const WORD = (1n << 64n) - 1n;

/** The message, one bit, zeros, and its length in bits: a whole number of blocks. */
function padded(data, block, lengthBytes) {
  const zeros = (2 * block - ((data.length + 1 + lengthBytes) % block)) % block;
  const tail = new Uint8Array(1 + zeros + lengthBytes);
  tail[0] = 0x80;
  new DataView(tail.buffer).setBigUint64(tail.length - 8, BigInt(data.length) * 8n);
  return joined(data, tail);
}

const rotated = (word, by) => (word >>> by) | (word << (32 - by));

/** The 32 bytes of SHA-256 over all parts, one after the other. */
export function sha256(...parts) {
  const message = padded(joined(...parts), 64, 8);
  const view = new DataView(message.buffer);
  const state = H256.slice();
  const w = new Uint32Array(64);
  for (let block = 0; block < message.length; block += 64) {
    for (let t = 0; t < 16; t++) w[t] = view.getUint32(block + 4 * t);
    for (let t = 16; t < 64; t++) {
      const s0 = rotated(w[t - 15], 7) ^ rotated(w[t - 15], 18) ^ (w[t - 15] >>> 3);
      const s1 = rotated(w[t - 2], 17) ^ rotated(w[t - 2], 19) ^ (w[t - 2] >>> 10);
      w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 64; t++) {
      const big1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const t1 = (h + big1 + ((e & f) ^ (~e & g)) + K256[t] + w[t]) | 0;
      const big0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      const t2 = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] += word));
  }
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => digest.setUint32(4 * at, word));
  return new Uint8Array(digest.buffer);
}

const rotated64 = (word, by) => ((word >> by) | (word << (64n - by))) & WORD;

/** The 64 bytes of SHA-512 over all parts; slower than need be, and used on short messages only. */
export function sha512(...parts) {
  const message = padded(joined(...parts), 128, 16);
  const view = new DataView(message.buffer);
  let state = H512;
  for (let block = 0; block < message.length; block += 128) {
    const w = Array.from({ length: 16 }, (_, t) => view.getBigUint64(block + 8 * t));
    for (let t = 16; t < 80; t++) {
      const s0 = rotated64(w[t - 15], 1n) ^ rotated64(w[t - 15], 8n) ^ (w[t - 15] >> 7n);
      const s1 = rotated64(w[t - 2], 19n) ^ rotated64(w[t - 2], 61n) ^ (w[t - 2] >> 6n);
      w.push((w[t - 16] + s0 + w[t - 7] + s1) & WORD);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let t = 0; t < 80; t++) {
      const big1 = rotated64(e, 14n) ^ rotated64(e, 18n) ^ rotated64(e, 41n);
      const t1 = h + big1 + ((e & f) ^ (~e & WORD & g)) + K512[t] + w[t];
      const big0 = rotated64(a, 28n) ^ rotated64(a, 34n) ^ rotated64(a, 39n);
      const t2 = big0 + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) & WORD, c, b, a, (t1 + t2) & WORD];
    }
    state = [a, b, c, d, e, f, g, h].map((word, at) => (word + state[at]) & WORD);
  }
  const digest = new DataView(new ArrayBuffer(64));
  state.forEach((word, at) => digest.setBigUint64(8 * at, word));
  return new Uint8Array(digest.buffer);
}
