// SPDX-License-Identifier: Apache-2.0
// Entries of the log (spec §2.1, §2.4): canonical bytes, envelope, genesis. Events are read as far as their kind.

import { fromBase64, joined, utf8 } from "./bytes.mjs";
import * as form from "./form.mjs";
import { canonical, parseCanonical } from "./jcs.mjs";
import { demand } from "./refused.mjs";
import { checkSignature, demandEvent, demandHeader, demandSignatures } from "./submission.mjs";
import { keyId } from "./suites.mjs";

export const MOST_ENTRY_BYTES = 65_535;

const MOST_SEQ = Number.MAX_SAFE_INTEGER;
const SEQ = form.whole(0, MOST_SEQ);
const ENVELOPE = { kind: form.oneOf("genesis", "submission", "event"), prev: form.isDigest, recorded: form.isInstant, seq: SEQ, v: form.oneOf(1) };
const PARTS = {
  genesis: { genesis: form.isObject, signatures: Array.isArray },
  submission: { header: form.isObject, signatures: Array.isArray },
  event: { event: form.isObject, index: form.whole(0, 99_999), submission: SEQ },
};
const ADMINISTRATOR = {
  alg: form.oneOf("ed25519"), device: form.isIdentifier, id: form.isIdentifier, key: form.isDigest,
  person: form.isIdentifier, public: form.isBase64(64),
}; // prettier-ignore
const GENESIS = {
  administrators: form.listOf(form.isObject, 1, 16), ceilings: form.oneOf("refuse", "flag"),
  clock: form.oneOf("wall", "replay"), created_at: form.isInstant, currency: form.isCurrency, demo: form.isFlag,
  entries: form.oneOf("public", "restricted"), historical: form.isFlag, log_keys: form.listOf(form.isText, 1, 8),
  name: form.isText, origin: form.isOrigin, threshold: form.whole(1, 16), time_zone: form.isTimeZone,
}; // prettier-ignore
const OPTIONAL_IN_GENESIS = { name_en: form.isText, packs: form.listOf(form.isIdentifier, 1, 1000) };

/** The entry whose canonical bytes are exactly `data`. */
export function parseEntry(data) {
  demand(data.length <= MOST_ENTRY_BYTES, "form", "entry", "longer than 65,535 bytes");
  const entry = parseCanonical(data, "entry", 1 + 8);
  const parts = form.isObject(entry) ? PARTS[entry.kind] : undefined;
  demand(parts !== undefined, "form", "entry.kind", "not genesis, submission or event");
  form.demandShape(entry, "entry", { ...ENVELOPE, ...parts });
  form.demandNothingEmpty(entry, "entry");
  if (entry.kind === "event") demandEvent(entry.event, "event");
  if (entry.kind === "submission") demandHeader(entry.header, "header");
  if (entry.kind === "genesis") demandGenesis(entry.genesis);
  if (entry.kind !== "event") demandSignatures(entry.signatures, "signatures");
  return entry;
}

function demandGenesis(genesis) {
  form.demandShape(genesis, "genesis", GENESIS, OPTIONAL_IN_GENESIS);
  const { administrators, threshold, demo } = genesis;
  administrators.forEach((one, at) => form.demandShape(one, `administrators[${at}]`, ADMINISTRATOR));
  const distinct = (name) => new Set(administrators.map((one) => one[name])).size;
  for (const name of ["id", "key"]) {
    demand(distinct(name) === administrators.length, "form", "administrators", `two share one ${name}`);
  }
  for (const name of ["person", "device"]) {
    demand(threshold <= distinct(name), "form", "genesis.threshold", `more than differ in ${name}`);
  }
  demand(threshold > 1 || demo, "form", "genesis.threshold", "1 is for demo ledgers only");
  for (const one of administrators) {
    const own = keyId(one.alg, fromBase64(one.public, "administrator")) === one.key;
    demand(own, "form", "administrators", `the key id of ${one.id} is not that of its public key`);
  }
}

/** Refuse unless every first administrator has signed the genesis (spec §2.4). */
export function checkGenesisSignatures({ genesis, signatures }) {
  for (const { id, alg, key, public: encoded } of genesis.administrators) {
    const signature = signatures.find((one) => one.key === key && one.role === "administrator");
    demand(signature !== undefined, "signature", `administrator ${id}`, "has not signed");
    const message = joined(utf8(`fundtrace/genesis/v1\nadministrator\n${key}\n`), canonical(genesis));
    checkSignature(signature, message, { alg, publicKey: fromBase64(encoded, id) }, `administrator ${id}`);
  }
}

/** The keys that entry 0 or a `key` entry registers (spec §2.4, §3.6), as pairs of key id and what is said of it. */
export function keysIn(entry) {
  if (entry.kind === "genesis") {
    return entry.genesis.administrators.map((one) => keyRow(one.key, { ...one, holder: one.id, roles: ["administrator"] }));
  }
  const { event } = entry;
  if (entry.kind !== "event" || event.kind !== "key" || event.action !== "register") return [];
  return [keyRow(event.key, event)];
}

function keyRow(id, { alg, public: encoded, holder, person, device, roles, valid_from: from, valid_to: to }) {
  const whole = [id, alg, encoded, holder, person, device].every((text) => typeof text === "string") && Array.isArray(roles);
  demand(whole, "form", `key ${id}`, "its registration is not complete");
  const publicKey = fromBase64(encoded, `key ${id}`);
  demand(keyId(alg, publicKey) === id, "signature", `key ${id}`, "the id is not that of the public key");
  return [id, { alg, publicKey, holder, person, device, roles, from, to }];
}
