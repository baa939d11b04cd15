// SPDX-License-Identifier: Apache-2.0
// Everything that one entry can be held to by the static files of its log (spec §6.10), step by step:
//
//     const check = new EntryCheck({ read, seq, shown, keyEntries, head, trust });
//     for (const step of STEPS) facts = await check[step]();
//
// Each step returns facts for people, or throws `Refused`. Nothing is asked of the server but its files. Where the log does not
// hand out its entries (`check.withheld` says how it refused), a step does what hashes and signatures of the log allow, and
// its facts say `open: true` if that is not all.

import { equal, fromBase64, hex } from "./bytes.mjs";
import { checkGenesisSignatures, keysIn, parseEntry } from "./entry.mjs";
import { canonical } from "./jcs.mjs";
import { checkConsistency, leafHash } from "./merkle.mjs";
import { openCheckpoint, parseNote } from "./note.mjs";
import { parseCheckpoint } from "./checkpoint_text.mjs";
import { LogKeys } from "./log_keys.mjs";
import { judgeCheckpoint, parsePolicy } from "./policy.mjs";
import { Refused, demand } from "./refused.mjs";
import { checkEventLeaves, checkSignatures } from "./submission.mjs";
import { TiledLog } from "./tiles.mjs";

export const STEPS = ["bytes", "chain", "signatures", "inclusion", "checkpoint"];

const NO_PREVIOUS = "0".repeat(64);

export class EntryCheck {
  #read;
  #note;
  #log;
  #used = new Map();
  #events = [];

  /** Why the log hands out no entries, or null. */
  withheld = null;

  /**
   * `read` gives the bytes of a static file, `seq` is a BigInt, `shown` the bytes that the page shows, `keyEntries` says
   * at which position each key id was registered (a hint, not believed), `head` is the older checkpoint {size, root} that
   * the page names or null, `trust` is what `parseTrust` gave, `progress` is told how many events of how many were read.
   */
  constructor({ read, seq, shown, keyEntries, head = null, trust = null, progress = () => {} }) {
    Object.assign(this, { seq, shown, keyEntries, head, trust, progress });
    this.#read = read;
  }

  /** The entry of the log is what the page shows, canonical, and says that it stands at this position. */
  async bytes() {
    this.#note = await this.#read("checkpoint");
    const { size, root } = parseCheckpoint(parseNote(this.#note).text);
    demand(this.seq < size, "missing", "checkpoint", `it covers ${size} entries only`);
    this.#log = new TiledLog(this.#read, { size, root });
    const { data, entry } = await this.#own();
    demand(equal(data, this.shown), "proof", `entry ${this.seq}`, "the log holds other bytes than this page shows");
    this.entry = entry;
    return { bytes: data.length, open: this.withheld !== null };
  }

  /** It carries the hash of the entry before. */
  async chain() {
    if (this.seq === 0n) {
      demand(this.entry.prev === NO_PREVIOUS, "proof", "entry 0", "nothing comes before it");
    } else if (this.withheld !== null) {
      const before = await this.#log.provedLeaf(this.seq - 1n);
      demand(this.entry.prev === hex(before), "proof", `entry ${this.seq}`, "it does not follow the entry before");
      return { leaf: hex(leafHash(this.shown)), open: true };
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
    if (this.withheld !== null) return { signers: [], open: true };
    const at = this.entry.kind === "event" ? BigInt(this.entry.submission) : this.seq;
    const { entry: head } = await this.#entry(at);
    demand(head.kind === "submission", "proof", `entry ${at}`, "it is no header of a submission");
    const { leaf } = await this.#entry(0n);
    demand(head.header.genesis === hex(leaf), "signature", `entry ${at}`, "it was signed for another ledger");
    const own = this.seq >= at && this.seq <= at + BigInt(head.header.count);
    demand(own, "proof", `entry ${this.seq}`, "it lies outside its submission");
    this.#events.push(await this.#boundBy(at, head));
    const keys = await this.#keysOf(at, head);
    checkSignatures(head.header, head.signatures, (id) => keys.get(id));
    demandTwoPersons(head.signatures, keys);
    return { signers: head.signatures.map(({ role, key }) => ({ role, holder: keys.get(key).holder })) };
  }

  /** All entries used so far stand under the root of the checkpoint. */
  async inclusion() {
    if (this.withheld === null) await this.#entry(0n);
    for (const [at, { leaf }] of this.#used) {
      const proved = await this.#log.provedLeaf(at);
      demand(equal(proved, leaf), "proof", `entry ${at}`, "the tree holds another entry here");
    }
    for (const { first, leaves } of this.#events) await this.#log.checkLeaves(first, leaves);
    if (this.head !== null) await this.#checkHead(this.head);
    const path = await this.#log.inclusionPath(this.seq);
    return { steps: path.length, root: hex(this.#log.root), size: this.#log.size };
  }

  /** The checkpoint satisfies the policy that the log publishes, and agrees with whatever the reader brought along. */
  async checkpoint() {
    const policy = parsePolicy(await this.#read("policy"));
    const judged = judgeCheckpoint(policy, this.#note);
    const { origin } = judged;
    const genesis = hex(await this.#log.provedLeaf(0n));
    const keys = this.withheld === null ? await this.#ownKeys(genesis, policy, judged) : null;
    await this.#checkTrust(origin, genesis, keys);
    const byKeys = this.trust?.kind === "policy" || this.trust?.kind === "key";
    const facts = { genesis, origin, witnesses: witnessesOf(policy, judged), trust: this.trust?.kind ?? null };
    return { ...facts, open: keys === null && !byKeys };
  }

  /** The keys of the log as its entries have them, which are those of the policy and have signed. */
  async #ownKeys(genesis, policy, { origin }) {
    const { entry: first } = await this.#entry(0n);
    demand(first.kind === "genesis", "proof", "entry 0", "it is no genesis");
    checkGenesisSignatures(first);
    const named = first.genesis.origin;
    demand(origin === named, "signature", "checkpoint", `it is of ${origin}, the genesis of ${named}`);
    const keys = new LogKeys(first.genesis, genesis);
    const changes = [...new Set(policy.changes)].sort((one, other) => (one < other ? -1 : 1));
    for (const at of changes) await this.#follow(keys, first.genesis, at);
    const own = [...policy.logs, ...policy.witnesses.values()].filter(({ key }) => key.name === origin);
    const strange = own.find(({ key }) => !keys.current.includes(key.text));
    const unsaid = policy.changes.length === 0 && policy.retired.some(({ key }) => keys.current.includes(key.text));
    const known = strange === undefined;
    demand(known || !unsaid, "missing", "policy", "the log has changed its keys, and does not say where");
    demand(known, "signature", "policy", "it names a key to which no entry leads");
    keys.checkLines(this.#note);
    return keys;
  }

  /** Take the change of keys at `at`, proved to stand there and signed by the administrators' threshold. */
  async #follow(keys, genesis, at) {
    const place = `entry ${at}`;
    demand(at < this.#log.size, "missing", place, "the log changes its keys just now: check again");
    const { entry, leaf } = await this.#entry(at);
    const { event, index, submission } = entry;
    demand(entry.kind === "event" && event.kind === "log_key" && event.v === 1, "signature", place, "it changes no key of the log");
    const headAt = BigInt(submission);
    const { entry: head, leaf: headLeaf } = await this.#entry(headAt);
    const placed = head.kind === "submission" && at === headAt + 1n + BigInt(index) && index < head.header.count;
    demand(placed && head.header.genesis === keys.hash, "signature", place, "no header of this ledger binds it");
    const bound = await this.#boundBy(headAt, head);
    for (const one of [{ first: at, leaves: [leaf] }, { first: headAt, leaves: [headLeaf] }, bound]) {
      await this.#log.checkLeaves(one.first, one.leaves);
    }
    demandAdministrators(genesis, head, place);
    keys.take(event, place);
  }

  /** Refuse an earlier head, from the page or from outside, with which the log does not begin. */
  async #checkHead({ size, root }, place = "checkpoint") {
    const { size: newSize, root: newRoot } = this.#log;
    demand(size <= newSize, "proof", place, `it covers ${size} entries, and the log shows ${newSize} only`);
    const path = await this.#log.consistencyPath(size);
    checkConsistency({ oldSize: size, newSize, oldRoot: root, newRoot, path });
  }

  /** Refuse what disagrees with the reader; without the entries, `keys` is null, and a genesis names none. */
  async #checkTrust(origin, genesis, keys) {
    switch (this.trust?.kind) {
      case undefined:
        return;
      case "policy":
        judgeCheckpoint(this.trust.policy, this.#note);
        return;
      case "key":
        demand(!keys?.hasRetired(this.trust.key.text), "signature", "checkpoint", "the log has retired the key that you brought");
        openCheckpoint(this.#note, [this.trust.key], origin);
        return;
      case "genesis":
        demand(this.trust.hash === genesis, "signature", "entry 0", `its hash is ${genesis}`);
        return;
      case "anchor":
        demand(this.trust.origin === origin, "signature", "anchor", `it is of ${this.trust.origin}, the log is ${origin}`);
        await this.#checkHead(this.trust, "anchor");
        return;
      default:
        throw new TypeError(this.trust.kind);
    }
  }

  /** The entry in question; where the log does not hand it out, as the page shows it. */
  async #own() {
    try {
      return await this.#entry(this.seq);
    } catch (error) {
      if (!(error instanceof Refused) || error.reason !== "withheld") throw error;
      this.withheld = error;
      return this.#take(this.seq, this.shown);
    }
  }

  /** The entry at `at`, its bytes and leaf hash; what is used here is proved by `inclusion`. */
  async #entry(at) {
    return this.#used.get(at) ?? this.#take(at, await this.#log.entry(at));
  }

  #take(at, data) {
    const entry = parseEntry(data);
    demand(BigInt(entry.seq) === at, "proof", `entry ${at}`, `it says that it is entry ${entry.seq}`);
    this.#used.set(at, { data, entry, leaf: leafHash(data) });
    return this.#used.get(at);
  }

  /** The leaf hashes of the events behind the header at `at`, which binds them; 32 bytes are kept of each. */
  async #boundBy(at, { header, recorded }) {
    const [events, leaves] = [[], []];
    for await (const [seq, data] of this.#log.entriesFrom(at + 1n, header.count)) {
      const entry = parseEntry(data);
      const placed = entry.kind === "event" && BigInt(entry.submission) === at && entry.index === leaves.length;
      const whole = placed && BigInt(entry.seq) === seq && entry.recorded === recorded;
      demand(whole, "proof", `entry ${seq}`, "it does not belong to this submission");
      events.push(leafHash(canonical(entry.event)));
      leaves.push(leafHash(data));
      if (leaves.length % 256 === 0) this.progress(leaves.length, header.count);
    }
    checkEventLeaves(header, events);
    return { first: at + 1n, leaves };
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

/** Refuse unless administrators of the genesis who differ in person and device have signed, as many as its threshold. */
function demandAdministrators(genesis, { header, signatures }, place) {
  const byKey = new Map(genesis.administrators.map((one) => [one.key, one]));
  const isOne = genesis.administrators.some(({ id }) => id === header.party);
  const signed = signatures.filter(({ role, key }) => role === "administrator" && byKey.has(key));
  checkSignatures(header, signed, (id) => ({ alg: byKey.get(id).alg, publicKey: fromBase64(byKey.get(id).public, place) }));
  const distinct = (name) => new Set(signed.map(({ key }) => byKey.get(key)[name])).size;
  const enough = isOne && Math.min(distinct("person"), distinct("device")) >= genesis.threshold;
  demand(enough, "signature", place, "not enough administrators have signed it");
}

/** How many witnesses have cosigned; the log's own cosignature is none. */
function witnessesOf(policy, { cosigned, origin }) {
  return [...cosigned].filter((name) => policy.witnesses.get(name).key.name !== origin).length;
}
