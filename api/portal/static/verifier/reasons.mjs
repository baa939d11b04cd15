// SPDX-License-Identifier: Apache-2.0
// Why a check said no, in the language of the reader: the modules speak English, and a page brings the same sentences in its
// own, with gaps such as {size}. A sentence that it does not bring stays as it is.

const GAP = /\\?\{(\w+)\\?\}/g;

/** A function that says a `Refused` by pairs of sentences: `why` for reasons, `at` for places. */
export function sayer({ why, at }) {
  const reasons = why.map(reader);
  const places = at.map(reader);
  return ({ place, detail }) => `${said(places, place)}${place && detail ? ": " : ""}${said(reasons, detail)}`;
}

/** [pattern, names of its gaps, sentence] of a pair. */
function reader([english, sentence]) {
  const names = [...english.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const literal = english.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return [new RegExp(`^${literal.replace(GAP, "(.+)")}$`, "s"), names, sentence];
}

function said(readers, text) {
  for (const [pattern, names, sentence] of readers) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const gaps = Object.fromEntries(names.map((name, n) => [name, said(readers, found[n + 1])]));
    return sentence.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
  }
  return text;
}
