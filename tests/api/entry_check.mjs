// SPDX-License-Identifier: Apache-2.0
// One question on each line of standard input, {folder, seq, shown, keys, trust, flip?: {path, bit}, status?} with `shown` in
// hex: prints the steps that passed, those that did only a part (`open`), the most files held at once, and why the next step
// did not pass. {endless: path} asks for a file that never ends; `status` is what the server answers to bundles.

import { readFileSync } from "node:fs";

import { fromHex } from "../../api/portal/static/verifier/bytes.mjs";
import { EntryCheck, STEPS } from "../../api/portal/static/verifier/entry_check.mjs";
import { Refused } from "../../api/portal/static/verifier/refused.mjs";
import { staticFiles } from "../../api/portal/static/verifier/static_log.mjs";
import { parseTrust } from "../../api/portal/static/verifier/trust.mjs";

function folderFiles(folder, flip, status) {
  const served = async () => new Response(null, { status });
  return async (path) => {
    if (status && path.startsWith("tile/entries/")) return staticFiles("https://ledger.example/log/", served)(path);
    let data;
    try {
      data = Uint8Array.from(readFileSync(`${folder}/${path}`));
    } catch {
      throw new Refused("missing", path, "not there");
    }
    if (flip?.path === path) data[flip.bit >> 3] ^= 1 << (flip.bit & 7);
    return data;
  };
}

async function endless(path) {
  const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 16)) });
  const read = staticFiles("https://ledger.example/log/", async () => new Response(body));
  return read(path);
}

async function answer({ folder, seq, shown, keys, trust, flip, status, endless: path }) {
  const passed = [];
  const open = [];
  try {
    if (path !== undefined) await endless(path);
    const read = folderFiles(folder, flip, status);
    const parts = { seq: BigInt(seq), shown: fromHex(shown, "page"), keyEntries: keys, trust: parseTrust(trust) };
    const check = new EntryCheck({ read, ...parts });
    for (const step of STEPS) {
      const facts = await check[step]();
      passed.push(step);
      if (facts.open) open.push(step);
    }
    return open.length === 0 ? { passed } : { passed, open };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { passed, refused: error.reason, place: error.place, message: error.message };
  }
}

const questions = readFileSync(0, "utf-8").split("\n").map((line) => JSON.parse(line));
const answers = [];
for (const question of questions) answers.push(await answer(question));
console.log(JSON.stringify(answers));
