// SPDX-License-Identifier: Apache-2.0
// Forms of fields (spec §1.4, §1.5, §2.1): each is a function that says whether a value has it.

import { demand } from "./refused.mjs";

const matches = (pattern) => (value) => typeof value === "string" && pattern.test(value);

/** A whole number from `low` to `high`. */
export const whole = (low, high) => (value) => Number.isSafeInteger(value) && value >= low && value <= high;
/** One of the texts. */
export const oneOf = (...texts) => (value) => texts.includes(value);
/** A list of `low` to `high` items of one form. */
export const listOf = (form, low, high) => (value) =>
  Array.isArray(value) && value.length >= low && value.length <= high && value.every((item) => form(item));

export const isFlag = (value) => typeof value === "boolean";
export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
export const isIdentifier = matches(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
export const isDigest = matches(/^[0-9a-f]{64}$/);
export const isOrigin = matches(/^[a-z0-9][a-z0-9.-]{0,127}(\/[A-Za-z0-9._~-]{1,64}){0,8}$/);
export const isCurrency = matches(/^[A-Z]{3}$/);
export const isTimeZone = matches(/^[A-Za-z_]{1,32}(\/[A-Za-z_+-]{1,32}){0,2}$/);
export const isKindName = matches(/^[a-z_]{1,32}$/);
export const isAlgorithm = matches(/^[a-z0-9-]{1,32}$/);
export const isRole = matches(/^[a-z]{1,32}$/);
export const isBase64 = (most) => matches(new RegExp(`^[A-Za-z0-9+/]{4,${most}}={0,2}$`));
export const isText = (value) =>
  typeof value === "string" && value.length > 0 && Array.from(value).length <= 4096;

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** A real moment in RFC 3339 UTC with milliseconds, from 1900 to 2999. */
export function isInstant(value) {
  const found = typeof value === "string" ? INSTANT.exec(value) : null;
  if (found === null) return false;
  const [year, month, day] = found.slice(1, 4).map(Number);
  const moment = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && year <= 2999 && moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day;
}

/** Refuse `value` unless it is an object with exactly the fields of `needed`, and some of `optional`, in their forms. */
export function demandShape(value, place, needed, optional = {}) {
  demand(isObject(value), "form", place, "not an object");
  for (const name of Object.keys(value)) {
    const form = needed[name] ?? optional[name];
    demand(form !== undefined, "form", `${place}.${name}`, "an unknown field");
    demand(form(value[name]), "form", `${place}.${name}`, "not of the form of this field");
  }
  for (const name of Object.keys(needed)) demand(name in value, "form", `${place}.${name}`, "the field is missing");
}

/** Refuse null, empty texts and empty lists anywhere below `value`: what is not given is absent (spec §1.1). */
export function demandNothingEmpty(value, place) {
  const empty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
  demand(!empty, "form", place, "empty: an optional field is absent");
  if (typeof value === "object") {
    for (const [name, part] of Object.entries(value)) demandNothingEmpty(part, `${place}.${name}`);
  }
}
