// SPDX-License-Identifier: Apache-2.0
// The page of an entry: runs the check on the reader's device and says how it stands, in the words that the page carries.
// States of the strip: "unchecked", "checked", "partly" (the log shows no entries), "disagrees". A file that cannot be had decides nothing.

import { fromHex, utf8 } from "./bytes.mjs";
import { EntryCheck, STEPS } from "./entry_check.mjs";
import { sayer } from "./reasons.mjs";
import { Refused } from "./refused.mjs";
import { staticFiles } from "./static_log.mjs";
import { parseTrust } from "./trust.mjs";

const card = document.getElementById("checks");
const form = document.getElementById("trust-form");
const strip = document.querySelector(".strip");
const words = Object.fromEntries(
  Array.from(document.getElementById("check-words").content.querySelectorAll("[data-word]"), (one) => [
    one.dataset.word,
    one.textContent,
  ]),
);

/** The sentences of refusals that this page brings, as pairs of English and its own language; none on English pages. */
function pairs(name) {
  const found = document.getElementById("check-words").content.querySelectorAll(`[data-${name}]`);
  return Array.from(found, (one) => [one.dataset[name], one.textContent]);
}

const reasonOf = sayer({ why: pairs("why"), at: pairs("at") });

/** A sentence of the page with its gaps filled. */
function say(word, gaps = {}) {
  return words[word].replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

const ICONS = { passed: "i-check", failed: "i-red", open: "i-clock", running: "i-clock" };

function showStep(step, state, text) {
  const result = card.querySelector(`[data-step="${step}"] .result`);
  result.hidden = false;
  result.dataset.state = state;
  result.replaceChildren(icon(ICONS[state]), document.createTextNode(text));
}

function showStrip(state, text) {
  strip.dataset.state = state;
  const shield = { unchecked: "i-shield", partly: "i-shield", checked: "i-shield-ok", disagrees: "i-red" }[state];
  strip.querySelector(".strip-state").replaceChildren(icon(shield), document.createTextNode(text));
}

function showVerdict(state, text, detail = "") {
  const verdict = document.getElementById("check-verdict");
  verdict.dataset.state = state;
  verdict.hidden = false;
  const small = document.createElement("span");
  small.className = "mono small";
  small.textContent = detail;
  verdict.replaceChildren(document.createTextNode(text), ...(detail ? [document.createElement("br"), small] : []));
}

/** What a step that held says. */
const PASSED = {
  bytes: ({ bytes }) => say("passed_bytes", { n: bytes.toLocaleString("en") }),
  chain: () => say("passed_chain"),
  signatures: ({ signers }) =>
    say("passed_signatures", {
      n: signers.length,
      who: signers.map(({ role, holder }) => `${words[`role_${role}`] ?? role} ${holder}`).join(say("separator")),
    }),
  inclusion: ({ steps, size }) => say("passed_inclusion", { n: steps, size: size.toLocaleString("en") }),
  checkpoint: ({ witnesses, trust }) => say(trust === null ? "passed_first_use" : "passed_trusted", { n: witnesses }),
};

/** What a step says that could only do a part, since the log does not hand out its entries. */
const PARTLY = {
  bytes: ({ bytes }) => say("partly_bytes", { n: bytes.toLocaleString("en") }),
  chain: () => say("partly_chain"),
  signatures: () => say("partly_signatures"),
  checkpoint: ({ witnesses, trust }) => say(trust === null ? "partly_checkpoint" : "partly_trusted", { n: witnesses }),
};

function clock() {
  const now = new Date();
  return [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}

function conclude(facts, withheld) {
  const { trust, genesis } = facts.checkpoint;
  if (withheld !== null) {
    showStrip("partly", say("strip_partly", { time: clock() }));
    showVerdict("open", say("verdict_partly"), genesis);
    return;
  }
  strip.dataset.trust = trust === null ? "first-use" : "outside";
  showStrip("checked", say(trust === null ? "strip_first_use" : "strip_trusted", { time: clock() }));
  showVerdict("checked", say(trust === null ? "verdict_first_use" : "verdict_trusted"), genesis);
}

/** A step did not hold: either nothing is decided, or the page, the log and the keys do not agree. */
function stop(step, error) {
  if (error.reason === "missing") {
    showStep(step, "open", say("open"));
    showStrip("unchecked", say("strip_unchecked"));
    showVerdict("open", say("verdict_open"), reasonOf(error));
  } else {
    showStep(step, "failed", say("failed"));
    showStrip("disagrees", say("strip_disagrees", { n: Number(card.dataset.seq).toLocaleString("en") }));
    showVerdict("disagrees", say(`verdict_${error.reason}`), reasonOf(error));
  }
}

async function run(trust) {
  for (const one of card.querySelectorAll(".result")) one.hidden = true;
  document.getElementById("check-verdict").hidden = true;
  const check = new EntryCheck({
    read: staticFiles("/log/"),
    seq: BigInt(card.dataset.seq),
    shown: utf8(document.getElementById("entry-bytes").textContent),
    keyEntries: JSON.parse(card.dataset.keys),
    head: { size: BigInt(card.dataset.size), root: fromHex(card.dataset.root, "page") },
    trust,
    progress: (n, count) => showStep("signatures", "running", say("running_events", { n, count })),
  });
  const facts = {};
  for (const step of STEPS) {
    showStep(step, "running", say("running"));
    try {
      facts[step] = await check[step]();
    } catch (error) {
      // A fault of this program or of the browser decides nothing either.
      stop(step, error instanceof Refused ? error : new Refused("missing", "this page", String(error)));
      if (!(error instanceof Refused)) console.error(error);
      return;
    }
    if (facts[step].open) showStep(step, "open", PARTLY[step](facts[step]));
    else showStep(step, "passed", PASSED[step](facts[step]));
  }
  conclude(facts, check.withheld);
}

/** One run at a time; what the reader pasted is read first, and kept nowhere but in its field. */
async function start() {
  const field = document.getElementById("trust");
  const fault = document.getElementById("trust-fault");
  fault.hidden = true;
  let trust;
  try {
    trust = parseTrust(field.value);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    fault.textContent = `${say("trust_fault")} ${reasonOf(error)}`;
    fault.hidden = false;
    field.focus();
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  card.setAttribute("aria-busy", "true");
  try {
    await run(trust);
  } finally {
    button.disabled = false;
    card.removeAttribute("aria-busy");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
document.getElementById("trust-details").hidden = false;
document.getElementById("check-note").textContent = say("note");
start();
