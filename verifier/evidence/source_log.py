# SPDX-License-Identifier: Apache-2.0
"""A source as packs are built from it: under the newest anchored checkpoint that covers what is asked, else its own."""

from typing import Final

from ledger.merkle import Tree
from ledger.tile_reader import TileReader
from verifier.basis.findings import Finding
from verifier.evidence.finding_pack import build_finding_pack
from verifier.evidence.pack_build import Log, build_pack
from verifier.evidence.registrations import ScannedRegistry
from verifier.integrity.anchors import Past
from verifier.reading.sources import Source


class SourcePacks:
    """Packs of one source; its registrations are read once, when the first pack is asked for."""

    def __init__(self, source: Source) -> None:
        """Read nothing yet but the checkpoint and the list of anchors."""
        self._source = source
        self._past: Final = Past(source)
        head = self._past.checkpoint
        self._tree = Tree(TileReader(source.fetch, size=head.size, root=head.root))
        self._registry: ScannedRegistry | None = None

    def of_entry(self, seq: int) -> bytes:
        """The pack of entry `seq`.

        Raises:
            InputError: the log does not reach that far, or does not hold together.
            EnvironmentFault: a file cannot be read.
        """
        return build_pack(self._log(seq), self._registrations(), seq)

    def of_finding(self, finding: Finding) -> bytes:
        """The pack of `finding`; raises as `of_entry`."""
        last = max((one.seq for one in finding.evidence), default=0)
        return build_finding_pack(self._log(last), self._registrations(), finding)

    def _registrations(self) -> ScannedRegistry:
        if self._registry is None:
            self._registry = ScannedRegistry(self._source.entries(0, self._past.checkpoint.size))
        return self._registry

    def _log(self, last: int) -> Log:
        source, size = self._source, self._past.checkpoint.size
        note, stamp = source.checkpoint(), None
        for name in reversed(self._past.anchor_names()):
            if name.size > last:
                note, stamp, size = source.anchor(name.note), source.anchor(name.token), name.size
                break
        policy = source.policy()
        return Log(
            read=lambda at: next(iter(source.entries(at, at + 1)), b""),
            entries=source.entries,
            tree=self._tree,
            size=size,
            checkpoint=note,
            policy=None if policy is None else policy.encode("utf-8", "surrogateescape"),
            stamp=stamp,
        )
