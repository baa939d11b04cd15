# SPDX-License-Identifier: Apache-2.0
"""The three worlds by which accuracy is measured: none is like the default, and their seeds were fixed before any run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

SHAPES: Final = Path(__file__).parent / "shapes"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A world by name: its shape lies in `shape`."""

    name: str
    seed: int

    @property
    def shape(self) -> Path:
        """The shape file."""
        return SHAPES / f"{self.name}.json"

    @property
    def origin(self) -> str:
        """The origin of its log."""
        return f"ledger.example/accuracy/{self.name}"


WORLDS: Final = (
    World(name="wide", seed=20_260_417),
    World(name="deep", seed=88_172_645),
    World(name="noisy", seed=5_391_002_761),
)
"""Many small counties with dedicated accounts; few large ones with commingled money and large grants; one where much is
corrected, returned, told late and paid in equal parts."""
