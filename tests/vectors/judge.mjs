// SPDX-License-Identifier: Apache-2.0
// What the JavaScript verifier says of vectors: one on each line of standard input, and as output a JSON list of
// {"accepted": says} or {"refused": reason, "place": …}. test_javascript.py compares it with what the files expect.

import { readFileSync } from "node:fs";

import { fromBase64, fromHex, hex, utf8 } from "../../api/portal/static/verifier/bytes.mjs";
import { parseEntry } from "../../api/portal/static/verifier/entry.mjs";
import { parseCanonical } from "../../api/portal/static/verifier/jcs.mjs";
import { checkConsistency, checkInclusion, leafHash } from "../../api/portal/static/verifier/merkle.mjs";
import { openCheckpoint, openNote } from "../../api/portal/static/verifier/note.mjs";
import { parseNoteKey, secondsIn } from "../../api/portal/static/verifier/note_keys.mjs";
import { judgeCheckpoint, parsePolicy } from "../../api/portal/static/verifier/policy.mjs";
import { checkReceipt, parseReceipt } from "../../api/portal/static/verifier/receipt.mjs";
import { Refused, demand } from "../../api/portal/static/verifier/refused.mjs";
import { checkEvents, checkSignatures, parseSubmission } from "../../api/portal/static/verifier/submission.mjs";
import { verifySignature } from "../../api/portal/static/verifier/suites.mjs";
import { TiledLog, decodeBundle, parseTilePath } from "../../api/portal/static/verifier/tiles.mjs";
import { parseAnchor } from "../../api/portal/static/verifier/trust.mjs";

const carried = (input) => ("base64" in input ? fromBase64(input.base64, "vector") : utf8(input.text));
const hashOf = (text) => fromHex(text, "vector");
const keysOf = ({ vkeys }) => vkeys.map((text) => parseNoteKey(text));
const texts = (fields) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));

function signatureOf(alg) {
  return ({ input }) => {
    const holds = verifySignature(alg, ...["public", "message", "signature"].map((name) => hashOf(input[name])));
    demand(holds, "signature", "signature", "it does not hold");
    return {};
  };
}

function cosignature({ input, context }) {
  const { verified } = openNote(carried(input), [parseNoteKey(context.vkey, [4, 6])]);
  return { name: verified[0].name, seconds: String(secondsIn(verified[0].signature)) };
}

const READERS = {
  anchor({ input }) {
    const { origin, size, root } = parseAnchor(input.text);
    return { origin, size: String(size), root: hex(root) };
  },
  canonical({ input }) {
    parseCanonical(carried(input), "vector");
    return {};
  },
  checkpoint({ input, context }) {
    const { origin, size, root, extensions } = openCheckpoint(carried(input), keysOf(context));
    return { origin, size: String(size), root: hex(root), extensions };
  },
  consistency({ input }) {
    checkConsistency({
      oldSize: BigInt(input.old_size),
      newSize: BigInt(input.new_size),
      oldRoot: hashOf(input.old_root),
      newRoot: hashOf(input.new_root),
      path: input.path.map(hashOf),
    });
    return {};
  },
  cosignature_ed25519: cosignature,
  cosignature_mldsa44: cosignature,
  ed25519: signatureOf("ed25519"),
  mldsa44: signatureOf("ml-dsa-44"),
  entry({ input }) {
    const data = carried(input);
    const { kind, prev, recorded, seq, header, submission, index, event } = parseEntry(data);
    const says = { ...texts({ kind, prev, recorded, seq }), leaf: hex(leafHash(data)) };
    if (kind === "submission") Object.assign(says, texts({ count: header.count, id: header.id, party: header.party }));
    if (kind === "event") Object.assign(says, texts({ submission, index, event_kind: event.kind, event_v: event.v }));
    return says;
  },
  entry_bundle({ input, context }) {
    const { width } = parseTilePath(context.path);
    return { leaves: decodeBundle(carried(input), width, context.path).map((entry) => hex(leafHash(entry))) };
  },
  inclusion({ input }) {
    const { leaf, root, path } = input;
    const numbers = { index: BigInt(input.index), size: BigInt(input.size) };
    checkInclusion({ ...numbers, leaf: hashOf(leaf), root: hashOf(root), path: path.map(hashOf) });
    return {};
  },
  note({ input, context }) {
    const { text, verified } = openNote(carried(input), keysOf(context));
    return { text, verified: verified.map(({ name }) => name) };
  },
  policy({ input, context }) {
    const policy = parsePolicy(carried(input));
    const groups = [...policy.groups].map(([name, { threshold, members }]) => [name, [String(threshold), ...members]]);
    const says = {
      logs: policy.logs.map(({ key }) => key.text),
      quorum: policy.quorum,
      retired: policy.retired.map(({ key, recorded }) => [key.text, recorded]),
      witnesses: Object.fromEntries([...policy.witnesses].map(([name, { key }]) => [name, key.text])),
      groups: Object.fromEntries(groups),
    };
    if (context === undefined) return says;
    const { size, cosigned } = judgeCheckpoint(policy, utf8(context.checkpoint));
    return { ...says, size: String(size), cosigned: [...cosigned].sort() };
  },
  receipt({ input, context }) {
    const receipt = parseReceipt(carried(input));
    const { size } = checkReceipt(receipt, hashOf(context.leaf), keysOf(context), context.origin);
    const extra = receipt.extra === null ? {} : { extra: new TextDecoder().decode(receipt.extra) };
    return { index: String(receipt.index), size: String(size), ...extra };
  },
  submission({ input, context }) {
    const { header, signatures, events } = parseSubmission(carried(input));
    checkEvents(header, events);
    checkSignatures(header, signatures, (id) => {
      const key = context.keys[id];
      return key && { alg: key.alg, publicKey: fromBase64(key.public, id) };
    });
    const says = { ...texts({ count: header.count, id: header.id, party: header.party }), root: header.root };
    const signed = signatures.map(({ role, key }) => [role, key]);
    return { ...says, leaves: events.map((event) => hex(leafHash(event))), signed };
  },
  async tile({ input, context }) {
    const read = async (path) => {
      demand(path in input.files, "missing", path, "not there");
      return fromBase64(input.files[path], path);
    };
    const log = new TiledLog(read, { size: BigInt(context.size), root: hashOf(context.root) });
    return { leaf: hex(await log.provedLeaf(BigInt(context.index))) };
  },
  tile_path({ input }) {
    const { level, number, width } = parseTilePath(input.text);
    return { level: level === null ? null : String(level), number: String(number), width: String(width) };
  },
  vkey({ input }) {
    const { name, keyId, text } = parseNoteKey(input.text);
    demand(text === input.text, "form", "verifier key", "it is written otherwise");
    return { name, key_id: hex(keyId) };
  },
};

async function judged(vector) {
  try {
    return { accepted: await READERS[vector.format](vector) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { refused: error.reason, place: error.place };
  }
}

const vectors = readFileSync(0, "utf-8").split("\n").map((line) => JSON.parse(line));
const found = [];
for (const vector of vectors) found.push(await judged(vector));
console.log(JSON.stringify(found));
