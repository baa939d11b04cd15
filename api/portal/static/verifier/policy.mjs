// SPDX-License-Identifier: Apache-2.0
// Whom a reader of checkpoints believes (C2SP tlog-policy), with our comment lines for retired keys (spec §2.6).

import { equal, fromDecimal, fromUtf8 } from "./bytes.mjs";
import { parseCheckpoint } from "./checkpoint_text.mjs";
import { isInstant } from "./form.mjs";
import { openNote } from "./note.mjs";
import { ED25519_COSIGNER, ML_DSA_44_COSIGNER, NOTE, parseNoteKey } from "./note_keys.mjs";
import { demand } from "./refused.mjs";

const OF_LOGS = [NOTE, ML_DSA_44_COSIGNER];
const OF_WITNESSES = [ED25519_COSIGNER, ML_DSA_44_COSIGNER];
const MOST_LINES = 1000;
/** Where the log changed a key of its own (spec §2.6): a hint, so that another spelling is a plain comment. */
const CHANGE = /^# log key entry (0|[1-9][0-9]{0,15})$/;

/** The policy in a file: logs, retired (key and instant), positions of changes of keys, witnesses and groups by name, quorum. */
export function parsePolicy(data) {
  const text = fromUtf8(data, "policy");
  demand(!/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text), "form", "policy", "a control character");
  const lines = text.split("\n");
  demand(lines.length <= MOST_LINES, "form", "policy", "more than 1,000 lines");
  const policy = { logs: [], retired: [], changes: [], witnesses: new Map(), groups: new Map(), quorum: null };
  const members = new Set();
  lines.forEach((line, at) => readLine(policy, members, line, `policy line ${at + 1}`));
  demand(policy.quorum !== null, "form", "policy", "there is no quorum line");
  return policy;
}

function readLine(policy, members, line, place) {
  const words = line.split(/[ \t]+/).filter((word) => word !== "");
  const [first, ...rest] = words;
  const [one, two, three] = rest;
  if (first === undefined) return;
  if (first.startsWith("#")) {
    // A sentence that happens to begin like our line has no key in it.
    if (first === "#" && one === "retired" && two === "log" && three?.includes("+")) addRetired(policy, words, place);
    const change = CHANGE.exec(line);
    if (change !== null) policy.changes.push(BigInt(change[1]));
  } else if (first === "log" && rest.length >= 1 && rest.length <= 2) {
    addLogKey(policy, policy.logs, { key: parseNoteKey(one, OF_LOGS), url: two ?? null }, place);
  } else if (first === "witness" && rest.length >= 2 && rest.length <= 3) {
    addWitness(policy, one, { key: parseNoteKey(two, OF_WITNESSES), url: three ?? null }, place);
  } else if (first === "group" && rest.length >= 3) {
    addGroup(policy, members, one, two, rest.slice(2), place);
  } else {
    demand(first === "quorum" && rest.length === 1 && policy.quorum === null, "form", place, "no line of a policy");
    if (one !== "none") demandDefined(policy, one, place);
    policy.quorum = one;
  }
}

function addRetired(policy, words, place) {
  demand(words.length === 5 && isInstant(words[4]), "form", place, "# retired log KEY INSTANT");
  addLogKey(policy, policy.retired, { key: parseNoteKey(words[3], OF_LOGS), recorded: words[4] }, place);
}

function addLogKey(policy, list, log, place) {
  const known = [...policy.logs, ...policy.retired].some(({ key }) => equal(key.publicKey, log.key.publicKey));
  demand(!known, "form", place, "the same key stands above");
  list.push(log);
}

function addWitness(policy, name, witness, place) {
  demandFree(policy, name, place);
  const known = [...policy.witnesses.values()].some(({ key }) => equal(key.publicKey, witness.key.publicKey));
  demand(!known, "form", place, "the same key stands above");
  policy.witnesses.set(name, witness);
}

function addGroup(policy, taken, name, threshold, members, place) {
  demandFree(policy, name, place);
  for (const member of members) {
    demandDefined(policy, member, place);
    demand(!taken.has(member), "form", place, `${member} is a member already`);
    taken.add(member);
  }
  const count = BigInt(members.length);
  const needed = threshold === "any" ? 1n : threshold === "all" ? count : fromDecimal(threshold, place);
  demand(needed >= 1n && needed <= count, "form", place, `${needed} of ${count} members`);
  policy.groups.set(name, { threshold: Number(needed), members });
}

function demandDefined({ witnesses, groups }, name, place) {
  demand(witnesses.has(name) || groups.has(name), "form", place, `${name} is not defined above`);
}

function demandFree({ witnesses, groups }, name, place) {
  demand(name !== "none" && !witnesses.has(name) && !groups.has(name), "form", place, `the name ${name} is taken`);
}

/** Whether `name` counts as having witnessed, when exactly the witnesses named in `cosigned` have. */
function reached(policy, name, cosigned) {
  const group = policy.groups.get(name);
  if (group === undefined) return cosigned.has(name);
  return group.members.filter((member) => reached(policy, member, cosigned)).length >= group.threshold;
}

/** The checkpoint in `note` and the names of its witnesses, if the policy accepts it (spec §2.8). */
export function judgeCheckpoint(policy, note) {
  const logs = policy.logs.map(({ key }) => key);
  const witnesses = [...policy.witnesses];
  const { text, verified } = openNote(note, [...logs, ...witnesses.map(([, { key }]) => key)]);
  const checkpoint = parseCheckpoint(text);
  const signed = new Set(verified.map(({ key }) => key.text));
  const byLog = logs.some((key) => key.name === checkpoint.origin && signed.has(key.text));
  demand(byLog, "signature", "checkpoint", "no key of the log in the policy has signed");
  const cosigned = new Set(witnesses.filter(([, { key }]) => signed.has(key.text)).map(([name]) => name));
  const enough = policy.quorum === "none" || reached(policy, policy.quorum, cosigned);
  demand(enough, "signature", "checkpoint", `the quorum ${policy.quorum} is not reached`);
  return { ...checkpoint, verified, cosigned };
}
