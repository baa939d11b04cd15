// SPDX-License-Identifier: Apache-2.0
// ML-DSA-44 verification (FIPS 204, algorithms 3 and 8) with an empty context. A polynomial is an Int32Array of 256
// coefficients from 0 to q − 1; products stay below 2^46, which a double holds exactly.

import { equal } from "./bytes.mjs";
import { shake128, shake256 } from "./keccak.mjs";

const Q = 8380417;
const N = 256;
const K = 4;
const L = 4;
const DROPPED_BITS = 13;
const TAU = 39;
const GAMMA1 = 1 << 17;
const GAMMA2 = (Q - 1) / 88;
const BETA = 78;
const OMEGA = 80;

const PUBLIC_BYTES = 32 + K * 320;
const CHALLENGE_BYTES = 32;
const Z_BYTES = 576;
const SIGNATURE_BYTES = CHALLENGE_BYTES + L * Z_BYTES + OMEGA + K;

const times = (one, other) => (one * other) % Q;
const reduced = (number) => ((number % Q) + Q) % Q;

/** 1753^brv(m) for every m (FIPS 204, appendix B). */
const ZETAS = (() => {
  const powers = [1];
  for (let n = 1; n < N; n++) powers.push(times(powers[n - 1], 1753));
  const reversed = (m) => parseInt(m.toString(2).padStart(8, "0").split("").reverse().join(""), 2);
  return Int32Array.from({ length: N }, (_, m) => powers[reversed(m)]);
})();

/** Algorithm 41, in place. */
function toNtt(w) {
  let m = 0;
  for (let length = 128; length >= 1; length >>= 1) {
    for (let start = 0; start < N; start += 2 * length) {
      const zeta = ZETAS[++m];
      for (let j = start; j < start + length; j++) {
        const t = times(zeta, w[j + length]);
        w[j + length] = reduced(w[j] - t);
        w[j] = (w[j] + t) % Q;
      }
    }
  }
  return w;
}

/** Algorithm 42, in place. */
function fromNtt(w) {
  let m = N;
  for (let length = 1; length < N; length <<= 1) {
    for (let start = 0; start < N; start += 2 * length) {
      const zeta = Q - ZETAS[--m];
      for (let j = start; j < start + length; j++) {
        const t = w[j];
        w[j] = (t + w[j + length]) % Q;
        w[j + length] = times(zeta, reduced(t - w[j + length]));
      }
    }
  }
  return w.map((one) => times(8347681, one)); // 256^-1 mod q
}

/** The numbers of `bits` bits each that `data` packs, least significant bit first. */
function unpacked(data, bits) {
  const found = new Int32Array((data.length * 8) / bits);
  for (let at = 0, place = 0; at < found.length; at++) {
    for (let bit = 0; bit < bits; bit++, place++) {
      found[at] |= ((data[place >> 3] >> (place & 7)) & 1) << bit;
    }
  }
  return found;
}

/** 256 numbers of 6 bits each, packed: w1Encode of one polynomial (algorithm 28). */
function packed6(w) {
  const data = new Uint8Array((N * 6) / 8);
  for (let at = 0; at < N; at++) {
    for (let bit = 0; bit < 6; bit++) {
      const place = 6 * at + bit;
      data[place >> 3] |= ((w[at] >> bit) & 1) << (place & 7);
    }
  }
  return data;
}

/** Algorithm 30: the polynomial of the matrix at row `r`, column `s`, in the NTT domain. */
function matrixEntry(rho, r, s) {
  const next = shake128(rho, Uint8Array.of(s, r));
  const poly = new Int32Array(N);
  for (let j = 0; j < N; ) {
    const [low, middle, high] = next(3);
    const candidate = low | (middle << 8) | ((high & 127) << 16);
    if (candidate < Q) poly[j++] = candidate;
  }
  return poly;
}

/** Algorithm 29: the challenge, τ coefficients of which are ±1. */
function sampledInBall(seed) {
  const next = shake256(seed);
  const signs = next(8);
  const c = new Int32Array(N);
  for (let i = N - TAU; i < N; i++) {
    let [j] = next(1);
    while (j > i) [j] = next(1);
    const at = i + TAU - N;
    c[i] = c[j];
    c[j] = (signs[at >> 3] >> (at & 7)) & 1 ? Q - 1 : 1;
  }
  return c;
}

/** Algorithm 21: for each polynomial the set of places with a hint, or null if this is not the one spelling. */
function unpackedHint(data) {
  const sets = [];
  let index = 0;
  for (let i = 0; i < K; i++) {
    const end = data[OMEGA + i];
    if (end < index || end > OMEGA) return null;
    const set = new Set();
    for (const first = index; index < end; index++) {
      if (index > first && data[index - 1] >= data[index]) return null;
      set.add(data[index]);
    }
    sets.push(set);
  }
  return data.subarray(index, OMEGA).some((byte) => byte !== 0) ? null : sets;
}

/** Algorithm 40 (with 36): the high bits of `r`, moved by one where there is a hint. */
function usedHint(r, hint) {
  const steps = (Q - 1) / (2 * GAMMA2);
  let low = r % (2 * GAMMA2);
  if (low > GAMMA2) low -= 2 * GAMMA2;
  let high = (r - low) / (2 * GAMMA2);
  if (r - low === Q - 1) {
    high = 0;
    low -= 1;
  }
  if (!hint) return high;
  return low > 0 ? (high + 1) % steps : (high + steps - 1) % steps;
}

/** z, each coefficient within the bound, or null (algorithm 27, and the norm of algorithm 8). */
function unpackedZ(data) {
  const z = [];
  for (let i = 0; i < L; i++) {
    const poly = unpacked(data.subarray(i * Z_BYTES, (i + 1) * Z_BYTES), 18).map((one) => GAMMA1 - one);
    if (poly.some((one) => Math.abs(one) >= GAMMA1 - BETA)) return null;
    z.push(poly.map(reduced));
  }
  return z;
}

/** Whether the key `publicKey` (1,312 bytes) signed `message` with `signature` (2,420 bytes). */
export function verifyMlDsa44(publicKey, message, signature) {
  if (publicKey.length !== PUBLIC_BYTES || signature.length !== SIGNATURE_BYTES) return false;
  const rho = publicKey.subarray(0, 32);
  const challenge = signature.subarray(0, CHALLENGE_BYTES);
  const z = unpackedZ(signature.subarray(CHALLENGE_BYTES, SIGNATURE_BYTES - OMEGA - K));
  const hint = unpackedHint(signature.subarray(SIGNATURE_BYTES - OMEGA - K));
  if (z === null || hint === null) return false;

  const hashOfKey = shake256(publicKey)(64);
  const mu = shake256(hashOfKey, Uint8Array.of(0, 0), message)(64); // pure, and a context of length 0
  const c = toNtt(sampledInBall(challenge));
  const zNtt = z.map(toNtt);
  const parts = [];
  for (let r = 0; r < K; r++) {
    const t1 = unpacked(publicKey.subarray(32 + r * 320, 32 + (r + 1) * 320), 10);
    const t = toNtt(t1.map((one) => one << DROPPED_BITS));
    const row = Array.from({ length: L }, (_, s) => matrixEntry(rho, r, s));
    const w = Int32Array.from({ length: N }, (_, n) => {
      const sum = row.reduce((total, poly, s) => total + times(poly[n], zNtt[s][n]), 0);
      return reduced(sum - times(c[n], t[n]));
    });
    parts.push(packed6(fromNtt(w).map((one, n) => usedHint(one, hint[r].has(n)))));
  }
  return equal(shake256(mu, ...parts)(CHALLENGE_BYTES), challenge);
}
