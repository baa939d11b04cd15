// SPDX-License-Identifier: Apache-2.0
// Reading the static files of a log over HTTP, each no longer than its kind may be.

import { joined } from "./bytes.mjs";
import { Refused, demand } from "./refused.mjs";

/** A ledger that shows its entries to auditors only answers 403, its public export 404. */
const WITHHELD = [401, 403, 404];
const MOST_TEXT = 1 << 20;
const MOST_TILE = 256 * 32;
const MOST_BUNDLE = 256 * (2 + 65_535);

/** A function that gives the bytes of `path` below `prefix`; what cannot be had is refused as missing. */
export function staticFiles(prefix, fetched = (...request) => fetch(...request)) {
  return async (path) => {
    const tile = path.startsWith("tile/");
    const most = !tile ? MOST_TEXT : path.startsWith("tile/entries/") ? MOST_BUNDLE : MOST_TILE;
    let answer;
    try {
      // What never changes may come from the reader's own cache; the head and the policy may not.
      const cache = tile ? "default" : "no-cache";
      answer = await fetched(`${prefix}${path}`, { cache, credentials: "omit", redirect: "error" });
    } catch {
      throw new Refused("missing", path, "it could not be fetched");
    }
    const withheld = path.startsWith("tile/entries/") && WITHHELD.includes(answer.status);
    demand(answer.ok, withheld ? "withheld" : "missing", path, `the server answers ${answer.status}`);
    return limited(answer, most, path);
  };
}

async function limited(answer, most, path) {
  const reader = answer.body.getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await next(reader, path);
    if (done) return joined(...parts);
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new Refused("form", path, `longer than ${most} bytes`);
    }
    parts.push(value);
  }
}

async function next(reader, path) {
  try {
    return await reader.read();
  } catch {
    throw new Refused("missing", path, "it broke off");
  }
}
