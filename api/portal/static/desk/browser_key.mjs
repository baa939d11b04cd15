// SPDX-License-Identifier: Apache-2.0
// Keys made in this browser: the browser signs with them and gives them to nobody, this page included (not extractable).
//
// A signer is {alg, publicKey, key, sign(bytes) → Promise of the signature}. A device that holds a key, by a program on
// this machine say, can stand in its place; nothing else here knows where a key lies.

import { keyId } from "../verifier/suites.mjs";

const ALG = "ed25519";
const DATABASE = "fundtrace-keys";
const STORE = "keys";

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function inStore(mode, work) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "key" });
  const database = await settled(opening);
  try {
    return await settled(work(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function signerOf({ key, publicKey, privateKey, made }) {
  return {
    alg: ALG,
    key,
    publicKey,
    made,
    sign: async (message) => new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, privateKey, message)),
  };
}

/** Whether this browser can hold keys: only on https or on this machine, and with Ed25519. */
export async function canHoldKeys() {
  if (!globalThis.isSecureContext || !globalThis.indexedDB || !globalThis.crypto?.subtle) return false;
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

/** A new signer, kept in this browser; `made` is when. */
export async function newSigner(made) {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const record = { key: keyId(ALG, publicKey), publicKey, privateKey: pair.privateKey, made };
  await inStore("readwrite", (store) => store.add(record));
  return signerOf(record);
}

/** Every signer kept in this browser, oldest first. */
export async function signersHere() {
  const records = await inStore("readonly", (store) => store.getAll());
  return records.sort((one, other) => (one.made < other.made ? -1 : 1)).map(signerOf);
}
