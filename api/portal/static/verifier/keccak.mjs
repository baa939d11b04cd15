// SPDX-License-Identifier: Apache-2.0
// SHAKE128 and SHAKE256 (FIPS 202). A lane of 64 bits is two words of 32: the low one, then the high one.

import { joined } from "./bytes.mjs";

const ROUNDS = 24;
const LANES = 25;

/** The round constants, from the shift register of FIPS 202 §3.2.5. */
const CONSTANTS = (() => {
  let register = 1;
  const bit = () => {
    const out = register & 1;
    register = register & 0x80 ? (register << 1) ^ 0x171 : register << 1;
    return out;
  };
  return Array.from({ length: ROUNDS }, () => {
    const words = [0, 0];
    for (let j = 0; j < 7; j++) {
      const position = (1 << j) - 1;
      if (bit()) words[position >> 5] |= 1 << (position & 31);
    }
    return words;
  });
})();

/** Where ρ and π take lane x + 5y, and by how many bits they turn it (FIPS 202 §3.2.2, §3.2.3). */
const MOVES = (() => {
  const moves = [{ from: 0, to: 0, turn: 0 }];
  let [x, y] = [1, 0];
  for (let t = 0; t < 24; t++) {
    const [nextX, nextY] = [y, (2 * x + 3 * y) % 5];
    moves.push({ from: x + 5 * y, to: nextX + 5 * nextY, turn: (((t + 1) * (t + 2)) / 2) % 64 });
    [x, y] = [nextX, nextY];
  }
  return moves;
})();

/** Keccak-f[1600] in place. */
function permute(state) {
  const column = new Int32Array(10);
  const moved = new Int32Array(2 * LANES);
  for (let round = 0; round < ROUNDS; round++) {
    for (let x = 0; x < 10; x++) {
      column[x] = state[x] ^ state[x + 10] ^ state[x + 20] ^ state[x + 30] ^ state[x + 40];
    }
    for (let x = 0; x < 5; x++) {
      const before = 2 * ((x + 4) % 5);
      const after = 2 * ((x + 1) % 5);
      const low = column[before] ^ ((column[after] << 1) | (column[after + 1] >>> 31));
      const high = column[before + 1] ^ ((column[after + 1] << 1) | (column[after] >>> 31));
      for (let lane = x; lane < LANES; lane += 5) {
        state[2 * lane] ^= low;
        state[2 * lane + 1] ^= high;
      }
    }
    for (const { from, to, turn } of MOVES) {
      let [low, high] = [state[2 * from], state[2 * from + 1]];
      if (turn >= 32) [low, high] = [high, low];
      const by = turn & 31;
      moved[2 * to] = by ? (low << by) | (high >>> (32 - by)) : low;
      moved[2 * to + 1] = by ? (high << by) | (low >>> (32 - by)) : high;
    }
    for (let y = 0; y < LANES; y += 5) {
      for (let x = 0; x < 5; x++) {
        const [one, two] = [2 * (y + ((x + 1) % 5)), 2 * (y + ((x + 2) % 5))];
        state[2 * (y + x)] = moved[2 * (y + x)] ^ (~moved[one] & moved[two]);
        state[2 * (y + x) + 1] = moved[2 * (y + x) + 1] ^ (~moved[one + 1] & moved[two + 1]);
      }
    }
    state[0] ^= CONSTANTS[round][0];
    state[1] ^= CONSTANTS[round][1];
  }
}

/** A function that gives the next `count` bytes of the output, as often as it is asked. */
function shake(rate, parts) {
  const message = joined(...parts, Uint8Array.of(0x1f));
  const input = new Uint8Array(Math.ceil(message.length / rate) * rate);
  input.set(message);
  input[input.length - 1] |= 0x80;
  const state = new Int32Array(2 * LANES);
  for (let at = 0; at < input.length; at += rate) {
    for (let byte = 0; byte < rate; byte++) state[byte >> 2] ^= input[at + byte] << (8 * (byte & 3));
    permute(state);
  }
  let used = 0;
  return (count) =>
    Uint8Array.from({ length: count }, () => {
      if (used === rate) {
        permute(state);
        used = 0;
      }
      const byte = (state[used >> 2] >>> (8 * (used & 3))) & 255;
      used++;
      return byte;
    });
}

/** The output of SHAKE128 over the parts, one after the other. */
export function shake128(...parts) {
  return shake(168, parts);
}

/** The output of SHAKE256 over the parts, one after the other. */
export function shake256(...parts) {
  return shake(136, parts);
}
