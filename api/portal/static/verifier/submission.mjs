// SPDX-License-Identifier: Apache-2.0
// Submissions (spec §3): the header that bureaus sign, its signatures, and the events it binds.

import { fromBase64, hex, joined, utf8 } from "./bytes.mjs";
import * as form from "./form.mjs";
import { canonical, parseJson } from "./jcs.mjs";
import { leafHash, rootOf } from "./merkle.mjs";
import { Refused, demand } from "./refused.mjs";
import { isKnownSuite, verifySignature } from "./suites.mjs";

const MOST_BYTES = 128 << 20;
const MOST_EVENTS = 100_000;
const MOST_SIGNATURES = 16;
const MOST_EVENT_BYTES = 64_000;

const HEADER = {
  count: form.whole(1, MOST_EVENTS), genesis: form.isDigest, id: form.isIdentifier, origin: form.isOrigin,
  party: form.isIdentifier, root: form.isDigest, signed_at: form.isInstant,
}; // prettier-ignore
const SIGNATURE = { alg: form.isAlgorithm, key: form.isDigest, role: form.isRole, sig: form.isBase64(8192) };

/** Refuse what is no header. */
export function demandHeader(value, place) {
  form.demandShape(value, place, HEADER);
}

/** Refuse what are no signatures. */
export function demandSignatures(value, place) {
  demand(Array.isArray(value), "form", place, "not a list");
  value.forEach((one, at) => form.demandShape(one, `${place}[${at}]`, SIGNATURE));
}

/** Refuse signatures that are not 1 to 16, unique and sorted by (role, key). */
export function demandOrder(signatures, place) {
  demand(signatures.length >= 1 && signatures.length <= MOST_SIGNATURES, "form", place, "1 to 16 signatures");
  const order = signatures.map(({ role, key }) => `${role} ${key}`); // no role holds a space
  const sorted = order.every((one, at) => at === 0 || order[at - 1] < one);
  demand(sorted, "form", place, "not unique and sorted by role and key");
}

/** The submission on one line of the wire: header, signatures, and the canonical bytes of each event. */
export function parseSubmission(data) {
  demand(data.length <= MOST_BYTES, "form", "submission", "longer than 128 MiB");
  const value = parseJson(data, "submission", 2 + 8);
  const isEvents = form.listOf(form.isObject, 1, MOST_EVENTS);
  form.demandShape(value, "submission", { header: form.isObject, signatures: Array.isArray, events: isEvents });
  demandHeader(value.header, "header");
  demandSignatures(value.signatures, "signatures");
  demandOrder(value.signatures, "signatures");
  const events = value.events.map((event, at) => eventBytes(event, `event ${at}`));
  return { header: value.header, signatures: value.signatures, events };
}

function eventBytes(event, place) {
  demandEvent(event, place);
  const data = canonical(event);
  demand(data.length <= MOST_EVENT_BYTES, "form", place, "longer than 64,000 bytes");
  return data;
}

/** Refuse an event without kind and version, or with something empty; its content is for chapter 4. */
export function demandEvent(event, place) {
  demand(form.isKindName(event.kind), "form", `${place}.kind`, "not the name of a kind");
  demand(form.whole(1, 9999)(event.v), "form", `${place}.v`, "not a version");
  form.demandNothingEmpty(event, place);
}

/** Refuse unless the header counts and binds these events. */
export function checkEvents(header, events) {
  checkEventLeaves(header, events.map(leafHash));
}

/** The same of the leaf hashes of the events. */
export function checkEventLeaves(header, leaves) {
  demand(header.count === leaves.length, "proof", "header.count", `${leaves.length} events`);
  demand(header.root === hex(rootOf(leaves)), "proof", "header.root", "not the root of the events");
}

/** The bytes that key `key` signs in `role` (spec §3.1). */
export function signedBytes(header, role, key) {
  return joined(utf8(`fundtrace/submission/v1\n${role}\n${key}\n`), canonical(header));
}

/** Refuse unless `signature` is one over `message` by the key {alg, publicKey}. */
export function checkSignature(signature, message, key, place) {
  const known = key !== undefined && key.alg === signature.alg && isKnownSuite(key.alg);
  demand(known, "signature", place, "the key that it names is not known");
  let raw = null;
  try {
    raw = fromBase64(signature.sig, place);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
  const holds = raw !== null && verifySignature(key.alg, key.publicKey, message, raw);
  demand(holds, "signature", place, "it does not fit what was signed");
}

/** Refuse unless every signature holds under the key that it names; `keyOf(id)` gives {alg, publicKey} or undefined. */
export function checkSignatures(header, signatures, keyOf) {
  for (const one of signatures) {
    checkSignature(one, signedBytes(header, one.role, one.key), keyOf(one.key), `signature in the role ${one.role}`);
  }
}
