// SPDX-License-Identifier: Apache-2.0
// Signature algorithms by name (spec §3.1, §3.5).

import { hex, utf8 } from "./bytes.mjs";
import { verifyEd25519 } from "./ed25519.mjs";
import { verifyMlDsa44 } from "./mldsa44.mjs";
import { sha256 } from "./sha2.mjs";

const SUITES = { ed25519: verifyEd25519, "ml-dsa-44": verifyMlDsa44 };

/** Whether the algorithm is known here; of others nothing can be said. */
export function isKnownSuite(alg) {
  return Object.hasOwn(SUITES, alg);
}

/** Whether the key made the signature over the message. */
export function verifySignature(alg, publicKey, message, signature) {
  return isKnownSuite(alg) && SUITES[alg](publicKey, message, signature);
}

/** The ledger's name of a key (spec §3.5). */
export function keyId(alg, publicKey) {
  return hex(sha256(utf8(`fundtrace/key/v1\n${alg}\n`), publicKey));
}
