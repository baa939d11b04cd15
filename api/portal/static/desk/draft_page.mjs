// SPDX-License-Identifier: Apache-2.0
// The pages of drafts: sign what the page shows and nothing else, return, withdraw, write a version, sign out.

import { utf8 } from "../verifier/bytes.mjs";
import { canonical, parseJson } from "../verifier/jcs.mjs";
import { signersHere } from "./browser_key.mjs";
import { showsAll, shownOn } from "./personal.mjs";
import { signatureOver } from "./signing.mjs";
import { ask, onPress, sentences } from "./talk.mjs";

const say = sentences();
const desk = document.getElementById("desk");
const { token, key, draft, version } = desk.dataset;
const path = draft === undefined ? "/v1/drafts" : `/v1/drafts/${draft}`;

const text = (data) => new TextDecoder().decode(data);

/** The header and events of the version that the page shows, personal fields included. */
async function asShown() {
  const found = await ask("GET", path);
  const same = String(found.version) === version;
  if (!same || text(canonical(found.header)) !== document.getElementById("header-bytes").textContent) {
    throw new Error(say("changed"));
  }
  if (!showsAll(found.events, shownOn(document))) throw new Error(say("personal"));
  return found;
}

async function signed(role) {
  const signer = (await signersHere()).find((one) => one.key === key);
  if (signer === undefined) throw new Error(say("no_key"));
  await given(await signatureOver(await asShown(), role, signer));
}

async function given(signature) {
  await ask("POST", `${path}/signatures`, { ...signature, version: Number(version) }, token);
  location.reload();
}

/** The text in a field, which must not be empty. */
function written(id) {
  const value = document.getElementById(id).value.trim();
  if (value === "") throw new Error(say("empty"));
  return value;
}

/** Events typed or pasted: a JSON list; numbers beyond what JSON readers keep exact are refused. */
function eventsWritten() {
  const events = parseJson(utf8(written("events")), "events", 12);
  return Array.isArray(events) ? events : [events];
}

const body = (value) => text(canonical(value));

let named;

/** The id under which `events` are prepared: the same while no answer has come, so that they become one draft. */
function nameFor(events) {
  if (named?.events !== events) named = { events, id: `d-${crypto.randomUUID()}` };
  return named.id;
}

for (const button of document.querySelectorAll("[data-role]")) onPress(button, () => signed(button.dataset.role));

onPress(document.getElementById("send-back"), async () => {
  await ask("POST", `${path}/return`, { version: Number(version), reason: written("reason") }, token);
  location.reload();
});

onPress(document.getElementById("give"), () => given(parseJson(utf8(written("signature")), "signature")));

onPress(document.getElementById("post-again"), async () => {
  await ask("POST", `${path}/posting`, { version: Number(version) }, token);
  location.reload();
});

onPress(document.getElementById("withdraw"), async () => {
  if (!globalThis.confirm(say("withdraw_sure"))) return;
  await ask("DELETE", path, undefined, token);
  location.assign(desk.dataset.list);
});

onPress(document.getElementById("write"), async () => {
  const events = eventsWritten();
  if (draft === undefined) {
    const made = await ask("POST", path, body({ events, id: nameFor(body(events)) }), token);
    named = undefined;
    location.assign(desk.dataset.list.replace(/(\?|$)/, `/${made.id}$1`));
  } else {
    await ask("PUT", path, body({ events, version: Number(version) }), token);
    location.reload();
  }
});

onPress(document.getElementById("sign-out"), async () => {
  await ask("DELETE", "/v1/session", undefined, token);
  location.assign(desk.dataset.login);
});
