// SPDX-License-Identifier: Apache-2.0
// How a check says no. Everything else that is thrown is a fault of this program or of the machine.

/**
 * Input is refused: `reason` is form, missing, signature or proof (tests/vectors/README.md), or withheld where a
 * log does not hand out its entries; `place` says where. */
export class Refused extends Error {
  constructor(reason, place, message) {
    super(`${place}: ${message}`);
    this.name = "Refused";
    this.reason = reason;
    this.place = place;
    this.detail = message;
  }
}

/** Throw unless `holds`. */
export function demand(holds, reason, place, message) {
  if (!holds) throw new Refused(reason, place, message);
}
