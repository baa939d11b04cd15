// SPDX-License-Identifier: Apache-2.0
// What is signed in a browser: the answer to a challenge (spec §3.9), and the header of a submission (spec §3.1).

import { base64, joined, utf8 } from "../verifier/bytes.mjs";
import { canonical } from "../verifier/jcs.mjs";
import { checkEvents, demandHeader, signedBytes } from "../verifier/submission.mjs";
import { ask } from "./talk.mjs";

/** Sign in with `signer`; the address signed is the one in this browser's address bar. */
export async function signIn(signer) {
  const given = await ask("POST", "/v1/sessions/challenges", { key: signer.key });
  const { expires, genesis, nonce } = given;
  const claim = { audience: location.origin, expires, genesis, key: signer.key, nonce };
  const sig = await signer.sign(joined(utf8("fundtrace/session/v1\n"), canonical(claim)));
  return ask("POST", "/v1/sessions", { ...claim, sig: base64(sig) });
}

/** The signature of `signer` over `header` in `role`, after the header was found to bind exactly these events. */
export async function signatureOver({ header, events }, role, signer) {
  demandHeader(header, "header");
  checkEvents(header, events.map(canonical));
  const sig = await signer.sign(signedBytes(header, role, signer.key));
  return { alg: signer.alg, key: signer.key, role, sig: base64(sig) };
}
