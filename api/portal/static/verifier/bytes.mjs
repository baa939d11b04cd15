// SPDX-License-Identifier: Apache-2.0
// Bytes and their spellings: UTF-8, hex, base64 and decimal numbers, each read in one spelling only.

import { demand } from "./refused.mjs";

const ENCODER = new TextEncoder();
const HEX = "0123456789abcdef";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The UTF-8 bytes of a text. */
export function utf8(text) {
  return ENCODER.encode(text);
}

/** The text whose UTF-8 bytes these are; a byte order mark stays a character. */
export function fromUtf8(data, place) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    demand(false, "form", place, "not UTF-8");
  }
}

/** One array of all of them, one after the other. */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two arrays hold the same bytes. */
export function equal(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Lower-case hexadecimal. */
export function hex(data) {
  let text = "";
  for (const byte of data) text += HEX[byte >> 4] + HEX[byte & 15];
  return text;
}

/** The bytes of lower-case hexadecimal. */
export function fromHex(text, place) {
  demand(/^([0-9a-f]{2})*$/.test(text), "form", place, "not lower-case hexadecimal");
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** Padded standard base64 (RFC 4648 §4). */
export function base64(data) {
  let text = "";
  for (let at = 0; at < data.length; at += 3) {
    const three = (data[at] << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
    const four = [18, 12, 6, 0].map((shift) => BASE64[(three >> shift) & 63]);
    text += four.slice(0, Math.min(4, data.length - at + 1)).join("");
  }
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

/** The bytes of padded standard base64; stray bits, characters and missing padding are refused. */
export function fromBase64(text, place) {
  demand(text.length % 4 === 0, "form", place, "not padded base64");
  const bare = text.replace(/={1,2}$/, "");
  const data = new Uint8Array(Math.floor((bare.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of bare) {
    const value = BASE64.indexOf(character);
    demand(value >= 0, "form", place, "not standard base64");
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      data[at++] = (held >> bits) & 255;
      held &= (1 << bits) - 1;
    }
  }
  demand(base64(data) === text, "form", place, "not the one base64 spelling of any bytes");
  return data;
}

/** The whole number from 0 to 2^63 − 1 that ASCII digits without leading zeros spell, as a BigInt. */
export function fromDecimal(text, place) {
  demand(/^(0|[1-9][0-9]{0,18})$/.test(text), "form", place, "not a whole number in plain decimal");
  const number = BigInt(text);
  demand(number < 1n << 63n, "form", place, "a number of 2^63 or more");
  return number;
}

/** Eight bytes, most significant first. */
export function uint64(number) {
  return Uint8Array.from({ length: 8 }, (_, at) => Number((number >> BigInt(56 - 8 * at)) & 255n));
}

/** The number in bytes, most significant first, as a BigInt. */
export function fromUint(data) {
  return data.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/** The number in bytes, least significant first, as a BigInt. */
export function fromLittleEndian(data) {
  return fromUint(Uint8Array.from(data).reverse());
}
