// SPDX-License-Identifier: Apache-2.0
// Everything that one entry can be held to by the static files of its log (spec §6.10), step by step:
//
//     const check = new EntryCheck({ read, seq, shown, keyEntries, head, trust });
//     for (const step of STEPS) facts = await check[step]();
//
// Each step returns facts for people, or throws `Refused`. Nothing is asked of the server but its files.

import { equal, hex } from "./bytes.mjs";
import { checkGenesisSignatures, keysIn, parseEntry } from "./entry.mjs";
import { canonical } from "./jcs.mjs";
import { checkConsistency, leafHash } from "./merkle.mjs";
import { openCheckpoint, parseNote } from "./note.mjs";
import { parseCheckpoint } from "./checkpoint_text.mjs";
import { parseNoteKey, sameKey } from "./note_keys.mjs";
import { judgeCheckpoint, parsePolicy } from "./policy.mjs";
import { Refused, demand } from "./refused.mjs";
import { checkEvents, checkSignatures } from "./submission.mjs";
import { TiledLog } from "./tiles.mjs";
import { LOG_KEY_TYPES } from "./trust.mjs";

export const STEPS = ["bytes", "chain", "signatures", "inclusion", "checkpoint"];

/** More events than this are for `fundtrace verify`: their bundles would be megabytes. */
export const MOST_EVENTS = 1024;

const NO_PREVIOUS = "0".repeat(64);

export class EntryCheck {
  #read;
  #note;
  #log;
  #used = new Map();

  /**
   * `read` gives the bytes of a static file, `seq` is a BigInt, `shown` the bytes that the page shows, `keyEntries` says
   * at which position each key id was registered (a hint, not believed), `head` is the older checkpoint {size, root} that
   * the page names or null, `trust` is what `parseTrust` gave.
   */
  constructor({ read, seq, shown, keyEntries, head = null, trust = null }) {
    Object.assign(this, { seq, shown, keyEntries, head, trust });
    this.#read = read;
  }

  /** The entry of the log is what the page shows, canonical, and says that it stands at this position. */
  async bytes() {
    this.#note = await this.#read("checkpoint");
    const { size, root } = parseCheckpoint(parseNote(this.#note).text);
    demand(this.seq < size, "missing", "checkpoint", `it covers ${size} entries only`);
    this.#log = new TiledLog(this.#read, { size, root });
    const { data, entry } = await this.#entry(this.seq);
    demand(equal(data, this.shown), "proof", `entry ${this.seq}`, "the log holds other bytes than this page shows");
    this.entry = entry;
    return { bytes: data.length };
  }

  /** It carries the hash of the entry before. */
  async chain() {
    if (this.seq === 0n) {
      demand(this.entry.prev === NO_PREVIOUS, "proof", "entry 0", "nothing comes before it");
    } else {
      const before = await this.#entry(this.seq - 1n);
      const place = `entry ${this.seq}`;
      demand(this.entry.prev === hex(before.leaf), "proof", place, "it does not follow the entry before");
      demand(before.entry.recorded <= this.entry.recorded, "proof", place, "it was recorded before the entry before");
    }
    return { leaf: hex(leafHash(this.shown)) };
  }

  /** The header binds the event, and every signature over it holds by a key registered before. */
  async signatures() {
    if (this.entry.kind === "genesis") {
      checkGenesisSignatures(this.entry);
      return { signers: this.entry.genesis.administrators.map(({ id }) => ({ role: "administrator", holder: id })) };
    }
    const at = this.entry.kind === "event" ? BigInt(this.entry.submission) : this.seq;
    const { entry: head } = await this.#entry(at);
    demand(head.kind === "submission", "proof", `entry ${at}`, "it is no header of a submission");
    const { leaf } = await this.#entry(0n);
    demand(head.header.genesis === hex(leaf), "signature", `entry ${at}`, "it was signed for another ledger");
    await this.#checkBinding(at, head);
    const keys = await this.#keysOf(at, head);
    checkSignatures(head.header, head.signatures, (id) => keys.get(id));
    demandTwoPersons(head.signatures, keys);
    return { signers: head.signatures.map(({ role, key }) => ({ role, holder: keys.get(key).holder })) };
  }

  /** All entries used so far stand under the root of the checkpoint. */
  async inclusion() {
    await this.#entry(0n);
    for (const [at, { leaf }] of this.#used) {
      const proved = await this.#log.provedLeaf(at);
      demand(equal(proved, leaf), "proof", `entry ${at}`, "the tree holds another entry here");
    }
    if (this.head !== null) await this.#checkHead(this.head);
    const path = await this.#log.inclusionPath(this.seq);
    return { steps: path.length, root: hex(this.#log.root), size: this.#log.size };
  }

  /** The checkpoint satisfies the policy that the log publishes, and agrees with whatever the reader brought along. */
  async checkpoint() {
    const { entry: first, leaf } = await this.#entry(0n);
    demand(first.kind === "genesis", "proof", "entry 0", "it is no genesis");
    checkGenesisSignatures(first);
    const { origin, log_keys: texts } = first.genesis;
    const policy = parsePolicy(await this.#read("policy"));
    const judged = judgeCheckpoint(policy, this.#note);
    demand(judged.origin === origin, "signature", "checkpoint", `it is of ${judged.origin}, the genesis of ${origin}`);
    const named = [...policy.logs, ...policy.retired].some(({ key }) => texts.includes(key.text));
    demand(named, "signature", "policy", "none of its keys is named by the genesis");
    const genesis = hex(leaf);
    await this.#checkTrust(origin, genesis, policy, knownKeys(texts));
    return { genesis, origin, witnesses: witnessesOf(policy, judged), trust: this.trust?.kind ?? null };
  }

  /** Refuse an earlier head, from the page or from outside, with which the log does not begin. */
  async #checkHead({ size, root }, place = "checkpoint") {
    const { size: newSize, root: newRoot } = this.#log;
    demand(size <= newSize, "proof", place, `it covers ${size} entries, and the log shows ${newSize} only`);
    const path = await this.#log.consistencyPath(size);
    checkConsistency({ oldSize: size, newSize, oldRoot: root, newRoot, path });
  }

  async #checkTrust(origin, genesis, policy, named) {
    switch (this.trust?.kind) {
      case undefined:
        return;
      case "policy":
        judgeCheckpoint(this.trust.policy, this.#note);
        return;
      case "key":
        openCheckpoint(this.#note, [this.trust.key], origin);
        return;
      case "genesis":
        demand(this.trust.hash === genesis, "signature", "entry 0", `its hash is ${genesis}`);
        this.#checkGenesisKeys(origin, policy, named);
        return;
      case "anchor":
        demand(this.trust.origin === origin, "signature", "anchor", `it is of ${this.trust.origin}, the log is ${origin}`);
        await this.#checkHead(this.trust, "anchor");
        this.#checkGenesisKeys(origin, policy, named);
        return;
      default:
        throw new TypeError(this.trust.kind);
    }
  }

  /** Refuse unless the keys of the genesis have signed, one of each type that it names (spec §2.5). */
  #checkGenesisKeys(origin, policy, named) {
    const retired = policy.retired.some(({ key }) => named.some((one) => sameKey(one, key)));
    demand(!retired, "missing", "policy", "the log has changed its keys since its genesis; fundtrace verify follows them");
    const { verified } = openCheckpoint(this.#note, named, origin);
    for (const { type } of named) {
      const signed = verified.some(({ key }) => key.type === type);
      demand(signed, "signature", "checkpoint", `no line of type ${type}, of which the genesis names a key`);
    }
  }

  /** The entry at `at`, its bytes and leaf hash; what is used here is proved by `inclusion`. */
  async #entry(at) {
    if (!this.#used.has(at)) {
      const data = await this.#log.entry(at);
      const entry = parseEntry(data);
      demand(BigInt(entry.seq) === at, "proof", `entry ${at}`, `it says that it is entry ${entry.seq}`);
      this.#used.set(at, { data, entry, leaf: leafHash(data) });
    }
    return this.#used.get(at);
  }

  async #checkBinding(at, { header, recorded }) {
    demand(header.count <= MOST_EVENTS, "missing", `entry ${at}`, `${header.count} events are too many for a page`);
    const events = [];
    for (let index = 0; index < header.count; index++) {
      const { entry } = await this.#entry(at + 1n + BigInt(index));
      const placed = entry.kind === "event" && BigInt(entry.submission) === at && entry.index === index;
      demand(placed && entry.recorded === recorded, "proof", `entry ${entry.seq}`, "it does not belong to this submission");
      events.push(canonical(entry.event));
    }
    checkEvents(header, events);
    const own = this.seq >= at && this.seq <= at + BigInt(header.count);
    demand(own, "proof", `entry ${this.seq}`, "it lies outside its submission");
  }

  /** The keys that the signatures name, each from the entry that registered it. */
  async #keysOf(at, { header, signatures, recorded }) {
    const keys = new Map();
    for (const { key, role } of signatures) {
      const hint = this.keyEntries[key];
      demand(hint !== undefined, "missing", `key ${key}`, "where it was registered is not known here");
      const last = role === "possession" ? at + BigInt(header.count) : at - 1n;
      demand(BigInt(hint) <= last, "signature", `key ${key}`, "it was registered later");
      const { entry } = await this.#entry(BigInt(hint));
      const found = keysIn(entry).find(([id]) => id === key);
      demand(found !== undefined, "signature", `entry ${hint}`, `it does not register the key ${key}`);
      demandRightful(found[1], { role, party: header.party, recorded });
      keys.set(key, found[1]);
    }
    return keys;
  }
}

/** Refuse a key that is not registered for this role, this party and this moment (spec §3.7). */
function demandRightful(key, { role, party, recorded }) {
  if (role === "possession") return;
  const place = `signature in the role ${role}`;
  demand(key.roles.includes(role), "signature", place, "the key is not registered for this role");
  if (role === "administrator") return;
  demand(key.holder === party, "signature", place, `the key is of ${key.holder}, not of ${party}`);
  const { from, to } = key;
  const valid = (from === undefined || from <= recorded) && (to === undefined || recorded < to);
  demand(valid, "signature", place, "the key was not valid then");
}

/** Refuse unless a maker and a checker have signed who differ in person and device; administrators have their own rule. */
function demandTwoPersons(signatures, keys) {
  const of = (role) => signatures.filter((one) => one.role === role).map(({ key }) => keys.get(key));
  if (of("administrator").length > 0) return;
  const apart = (one, other) => one.person !== other.person && one.device !== other.device;
  const two = of("maker").some((maker) => of("checker").some((checker) => apart(maker, checker)));
  demand(two, "signature", "signatures", "maker and checker must be two persons with two devices");
}

/** How many witnesses have cosigned; the log's own cosignature is none. */
function witnessesOf(policy, { cosigned, origin }) {
  return [...cosigned].filter((name) => policy.witnesses.get(name).key.name !== origin).length;
}

/** The keys that the genesis names, as far as their types are known here. */
function knownKeys(texts) {
  return texts.flatMap((text) => {
    try {
      return [parseNoteKey(text, LOG_KEY_TYPES)];
    } catch (error) {
      if (error instanceof Refused) return [];
      throw error;
    }
  });
}
