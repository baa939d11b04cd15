# SPDX-License-Identifier: Apache-2.0
"""Parts of a log as a mirror reads them: of the log that its folder shows, and of the one that its source shows."""

from collections.abc import Callable
from typing import TypeVar

from ledger.checkpoint import Checkpoint
from ledger.errors import InputError, MissingError
from ledger.merkle import Tree
from ledger.static_files import StaticFolder
from ledger.tile_reader import TileReader
from ledger.tiles import MAX_BUNDLE_BYTES, TILE_WIDTH, Tile, encode_bundle, parse_tile_path
from verifier.reading.sources import Source
from verifier.reading.static_log import missing

T = TypeVar("T")


class OwnParts:
    """The log that a folder shows; what stands under its checkpoint, read from the folder alone.

    Raises from every method:
        ProofError: a file does not stand under the checkpoint.
        FormatError: a file is malformed or (`MissingError`) not there.
    """

    def __init__(self, folder: StaticFolder, shown: Checkpoint) -> None:
        """The log of which the folder shows the checkpoint `shown`."""
        self.shown = shown
        self._folder = folder
        self._reader = TileReader(self._fetch, size=shown.size, root=shown.root)

    def entries(self, number: int) -> list[bytes]:
        """The entries of a bundle."""
        return self._reader.read_entries(number)

    def root(self, size: int) -> bytes:
        """The root of the tree over the first `size` entries."""
        return Tree(self._reader).root(size)

    def _fetch(self, path: str) -> bytes:
        data = self._folder.read(path, MAX_BUNDLE_BYTES)
        if data is None:
            raise missing(path)
        return data


class NewParts:
    """The log under a checkpoint that the source shows, each part from the folder where it is there already.

    Files of the folder that are damaged, or of another history, are left aside until `again`. Raises as `OwnParts`, and
    what the source raises.
    """

    def __init__(self, source: Source, folder: StaticFolder, shown: Checkpoint) -> None:
        """The log of which the source shows the checkpoint `shown`."""
        self._source = source
        self._folder = folder
        self._shown = shown
        self._begin(believe_folder=True)

    def again(self) -> None:
        """Files of the folder are believed again, such as those that were written since."""
        self._begin(believe_folder=True)

    def tile(self, tile: Tile) -> bytes:
        """The bytes of a tile or bundle."""
        return self._proved(lambda reader: reader.read_tile(tile))

    def entries(self, number: int) -> list[bytes]:
        """The entries of a bundle."""
        return self._proved(lambda reader: reader.read_entries(number))

    def root(self, size: int) -> bytes:
        """The root of the tree over the first `size` entries."""
        return self._proved(lambda reader: Tree(reader).root(size))

    def offers_entries(self) -> bool:
        """Whether the source holds entries; one that has the last and not the first hides something."""
        if self._offers(0):
            return True
        if self._offers(self._shown.size - 1):
            raise missing("entry 0")
        return False

    def _proved(self, read: Callable[[TileReader], T]) -> T:
        """What `read` reads, proved to stand under the checkpoint."""
        try:
            return read(self._reader)
        except InputError:
            if not self._believe_folder:
                raise
            self._begin(believe_folder=False)
            return read(self._reader)

    def _offers(self, seq: int) -> bool:
        try:
            return next(self._source.entries(seq, seq + 1), None) is not None
        except MissingError:
            return False

    def _begin(self, *, believe_folder: bool) -> None:
        self._believe_folder = believe_folder
        self._reader = TileReader(self._fetch, size=self._shown.size, root=self._shown.root)

    def _fetch(self, path: str) -> bytes:
        if self._believe_folder:
            data = self._folder.read(path, MAX_BUNDLE_BYTES)
            if data is not None:
                return data
        tile = parse_tile_path(path)
        if tile.level is not None:
            return self._source.fetch(path)
        first = tile.number * TILE_WIDTH
        return encode_bundle(list(self._source.entries(first, first + tile.width)))
