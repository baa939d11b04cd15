// SPDX-License-Identifier: Apache-2.0
// Canonical JSON (RFC 8785) of texts, whole numbers, true, false, null, lists and objects: read, written, compared.

import { equal, fromUtf8, utf8 } from "./bytes.mjs";
import { Refused, demand } from "./refused.mjs";

export const MAX_DEPTH = 8;

const NUMBER = /-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
const LITERALS = { true: true, false: false, null: null };
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

class Reader {
  constructor(text, place, maxDepth) {
    this.text = text;
    this.place = place;
    this.maxDepth = maxDepth;
    this.at = 0;
  }

  refuse(message) {
    throw new Refused("form", `${this.place}, character ${this.at}`, message);
  }

  whole() {
    const value = this.value(0);
    this.match(SPACE);
    if (this.at !== this.text.length) this.refuse("something follows the value");
    return value;
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? "";
    this.at += found.length;
    return found;
  }

  /** Whether the next visible character is `character`, which is then passed. */
  took(character) {
    this.match(SPACE);
    const found = this.text[this.at] === character;
    if (found) this.at += 1;
    return found;
  }

  value(depth) {
    if (this.took("{")) return this.object(depth + 1);
    if (this.took("[")) return this.list(depth + 1);
    if (this.took('"')) return this.string();
    for (const [name, value] of Object.entries(LITERALS)) {
      if (this.text.startsWith(name, this.at)) {
        this.at += name.length;
        return value;
      }
    }
    return this.number();
  }

  deeper(depth) {
    if (depth > this.maxDepth) this.refuse(`nested deeper than ${this.maxDepth}`);
  }

  object(depth) {
    this.deeper(depth);
    const members = Object.create(null);
    if (this.took("}")) return members;
    do {
      if (!this.took('"')) this.refuse("a key is missing");
      const key = this.string();
      if (key in members) this.refuse(`the key ${key} stands twice`);
      if (!this.took(":")) this.refuse("a colon is missing");
      members[key] = this.value(depth);
    } while (this.took(","));
    if (!this.took("}")) this.refuse("the object does not end");
    return members;
  }

  list(depth) {
    this.deeper(depth);
    const items = [];
    if (this.took("]")) return items;
    do items.push(this.value(depth));
    while (this.took(","));
    if (!this.took("]")) this.refuse("the list does not end");
    return items;
  }

  number() {
    const text = this.match(NUMBER);
    if (!/^(0|-?[1-9][0-9]*|-0)$/.test(text)) this.refuse("not a whole number");
    const number = Number(text);
    if (!Number.isSafeInteger(number)) this.refuse("beyond ±(2^53 − 1)");
    return number === 0 ? 0 : number;
  }

  string() {
    let found = "";
    for (;;) {
      const character = this.text[this.at++];
      if (character === undefined || character < " ") this.refuse("the text does not end");
      if (character === '"') break;
      found += character === "\\" ? this.escaped() : character;
    }
    if (hasLoneSurrogate(found)) this.refuse("half of a surrogate pair");
    return found;
  }

  escaped() {
    const character = this.text[this.at++];
    if (character !== "u") return ESCAPES[character] ?? this.refuse("an unknown escape");
    const digits = this.text.slice(this.at, this.at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.refuse("four hexadecimal digits must follow");
    this.at += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }
}

function hasLoneSurrogate(text) {
  return /[\ud800-\udfff]/u.test(text);
}

/** The value in JSON bytes: white space, key order and escapes are free, repeated keys and fractions are refused. */
export function parseJson(data, place, maxDepth = MAX_DEPTH) {
  return new Reader(fromUtf8(data, place), place, maxDepth).whole();
}

/** The value whose canonical JSON is exactly `data`. */
export function parseCanonical(data, place, maxDepth = MAX_DEPTH) {
  const value = parseJson(data, place, maxDepth);
  demand(equal(canonical(value), data), "form", place, "not the canonical spelling (RFC 8785)");
  return value;
}

/** The canonical JSON bytes of a value that `parseJson` gave. */
export function canonical(value) {
  return utf8(written(value));
}

function written(value) {
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  // Array.prototype.sort compares UTF-16 code units, as RFC 8785 §3.2.3 asks.
  const members = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${written(value[key])}`);
  return `{${members.join(",")}}`;
}
