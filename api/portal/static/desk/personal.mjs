// SPDX-License-Identifier: Apache-2.0
// Personal fields of a draft (spec §10.1): what the page shows of them is what the events that are signed commit to.

import { base64, fromBase64, utf8 } from "../verifier/bytes.mjs";
import { parseJson } from "../verifier/jcs.mjs";
import { sha256 } from "../verifier/sha2.mjs";

/** The commitment that a disclosure opens: unpadded base64url of the SHA-256 over its text. */
export function commitmentOf(disclosure) {
  return base64(sha256(utf8(disclosure))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The value in a disclosure, as a page shows it. */
export function valueIn(disclosure) {
  const plain = disclosure.replaceAll("-", "+").replaceAll("_", "/");
  const data = fromBase64(plain.padEnd(Math.ceil(plain.length / 4) * 4, "="), "disclosure");
  const [, , value] = parseJson(data, "disclosure");
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** Whether each commitment of `events` is opened by exactly one of `shown`, {event, disclosure, text}, with that very text. */
export function showsAll(events, shown) {
  const opened = shown.map((one) => `${one.event} ${commitmentOf(one.disclosure)}`).sort();
  const committed = events.flatMap((event, at) => (event._sd ?? []).map((one) => `${at} ${one}`)).sort();
  const same = opened.length === committed.length && opened.every((one, at) => one === committed[at]);
  return same && shown.every((one) => one.text === valueIn(one.disclosure));
}

/** The personal fields that a page shows. */
export function shownOn(page) {
  return [...page.querySelectorAll("[data-disclosure]")].map((one) => ({
    event: Number(one.dataset.event),
    disclosure: one.dataset.disclosure,
    text: one.textContent,
  }));
}
