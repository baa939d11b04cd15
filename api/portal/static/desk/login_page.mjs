// SPDX-License-Identifier: Apache-2.0
// The page for signing in: the keys of this browser, a new one, and the proof that a new one is held (spec §3.6).

import { base64, utf8 } from "../verifier/bytes.mjs";
import { isIdentifier } from "../verifier/form.mjs";
import { canonical, parseJson } from "../verifier/jcs.mjs";
import { canHoldKeys, newSigner, signersHere } from "./browser_key.mjs";
import { signIn, signatureOver } from "./signing.mjs";
import { onPress, save, sentences, tell } from "./talk.mjs";

const say = sentences();
const list = document.getElementById("keys-here");
const request = document.getElementById("key-request");

function row(signer) {
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = "mono small";
  name.textContent = say("key", { key: `${signer.key.slice(0, 16)}…`, made: signer.made.slice(0, 10) });
  item.append(name, button(say("sign_in"), "primary", () => enter(signer)), button(say("show_request"), "", () => shown(signer)));
  item.className = "btns";
  return item;
}

function button(text, kind, work) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `btn ${kind}`;
  made.textContent = text;
  onPress(made, work);
  return made;
}

async function enter(signer) {
  await signIn(signer);
  location.assign(list.dataset.desk);
}

let asking = null;

function shown(signer) {
  asking = signer;
  request.hidden = false;
  document.getElementById("key-request-text").value = "";
  document.getElementById("holder").focus();
}

/** The request for the key that was chosen: the `key` event that administrators are asked to register (spec §3.6). */
function requested() {
  const field = (id) => document.getElementById(id).value.trim();
  const roles = Array.from(document.querySelectorAll('[name="role"]:checked'), (one) => one.value).sort();
  const divisions = field("division").split(/[\s,，、]+/).filter(Boolean).sort();
  const [holder, person, device] = ["holder", "person", "device"].map(field);
  const ids = [holder, person, device].every(isIdentifier);
  if (!ids || roles.length === 0 || divisions.length === 0) throw new Error(say("incomplete"));
  const now = new Date().toISOString();
  const event = {
    action: "register", alg: asking.alg, custody: "browser", device, holder, jurisdiction: divisions, key: asking.key, kind: "key",
    occurred_on: now.slice(0, 10), person, public: base64(asking.publicKey), roles, v: 2, valid_from: now,
  }; // prettier-ignore
  const text = new TextDecoder().decode(canonical(event));
  document.getElementById("key-request-text").value = text;
  save(`${person}.request.json`, text);
  tell(say("requested", { key: asking.key }));
}

async function listed() {
  const signers = await signersHere();
  list.replaceChildren(...signers.map(row));
  document.getElementById("no-keys").hidden = signers.length > 0;
  return signers;
}

/** Sign a submission that registers a key of this browser, in the role `possession`, and show the signature. */
async function prove() {
  const draft = parseJson(utf8(document.getElementById("possession").value), "draft", 12);
  const registered = (draft.events ?? []).filter((event) => event.kind === "key" && event.action === "register");
  const ids = new Set(registered.map((event) => event.key));
  const signer = (await signersHere()).find((one) => ids.has(one.key));
  if (signer === undefined) {
    tell(say("not_mine"), "disagrees");
    return;
  }
  const signature = await signatureOver(draft, "possession", signer);
  const text = new TextDecoder().decode(canonical(signature));
  document.getElementById("possession").value = text;
  save(`possession-${signer.key.slice(0, 8)}.sig.json`, text);
  tell(say("proved", { key: `${signer.key.slice(0, 16)}…` }));
}

if (await canHoldKeys()) {
  document.getElementById("with-keys").hidden = false;
  onPress(document.getElementById("new-key"), async () => {
    const made = await newSigner(new Date().toISOString());
    await listed();
    shown(made);
  });
  onPress(document.getElementById("make-request"), requested);
  onPress(document.getElementById("prove"), prove);
  await listed();
} else {
  tell(say("cannot"), "disagrees");
}
