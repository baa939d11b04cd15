// SPDX-License-Identifier: Apache-2.0
// Ed25519 verification (RFC 8032 §5.1.7) as strict as spec §2.8: one equation without cofactor, one spelling of every
// value, and no key of small order. Points are (X, Y, Z, T) with x = X/Z, y = Y/Z, T = XY/Z.

import { equal, fromLittleEndian } from "./bytes.mjs";
import { sha512 } from "./sha2.mjs";

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const mod = (number) => ((number % P) + P) % P;

function power(base, exponent) {
  let result = 1n;
  for (let square = mod(base); exponent; exponent >>= 1n, square = (square * square) % P) {
    if (exponent & 1n) result = (result * square) % P;
  }
  return result;
}

const inverse = (number) => power(number, P - 2n);
const D = mod(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);
const NEUTRAL = [0n, 1n, 1n, 0n];

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = ((y1 - x1) * (y2 - x2)) % P;
  const b = ((y1 + x1) * (y2 + x2)) % P;
  const c = (((2n * t1 * t2) % P) * D) % P;
  const d = (2n * z1 * z2) % P;
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(scalar, point) {
  let sum = NEUTRAL;
  for (let double = point; scalar; scalar >>= 1n, double = add(double, double)) {
    if (scalar & 1n) sum = add(sum, double);
  }
  return sum;
}

const isNeutral = ([x, y, z]) => x === 0n && y === z;

/** The point that 32 bytes name in their one spelling, or null (RFC 8032 §5.1.3). */
function decoded(data) {
  const whole = fromLittleEndian(data);
  const sign = whole >> 255n;
  const y = whole & (2n ** 255n - 1n);
  if (y >= P) return null;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) !== u) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(v * x * x) !== u) return null;
  if (x === 0n && sign) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

function encoded([x, y, z]) {
  const factor = inverse(z);
  let number = mod(y * factor) | ((mod(x * factor) & 1n) << 255n);
  return Uint8Array.from({ length: 32 }, () => {
    const byte = Number(number & 255n);
    number >>= 8n;
    return byte;
  });
}

const BASE = (() => {
  const y = mod(4n * inverse(5n));
  const bytes = encoded([0n, y, 1n, 0n]);
  return decoded(bytes); // x of the base point is even (RFC 8032 §5.1)
})();

/** Whether the key `publicKey` (32 bytes) signed `message` with `signature` (64 bytes). */
export function verifyEd25519(publicKey, message, signature) {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const scalar = fromLittleEndian(signature.subarray(32));
  const key = decoded(publicKey);
  if (scalar >= ORDER || key === null || isNeutral(times(8n, key))) return false;
  const commitment = signature.subarray(0, 32);
  const challenge = fromLittleEndian(sha512(commitment, publicKey, message)) % ORDER;
  const [x, y, z, t] = key;
  const minus = [mod(-x), y, z, mod(-t)];
  return equal(encoded(add(times(scalar, BASE), times(challenge, minus))), commitment);
}
