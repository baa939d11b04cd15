# SPDX-License-Identifier: Apache-2.0
"""The words of books in one language."""

from api.books.words import COLUMNS, LINE_DISBURSED, SHEETS, WORDS
from api.portal.wording import wording
from verifier.language import Language, Told, say
from verifier.obligations.records import State
from verifier.statement.records import Table


class Speech:
    """Says what sheets say."""

    def __init__(self, language: Language) -> None:
        """In `language`."""
        self._language: Language = language
        self._wording = wording(language)

    def say(self, told: Told) -> str:
        """`told` in this language."""
        return say(told, self._language)

    def word(self, key: str) -> str:
        """One word of sheets."""
        return self.say(WORDS[key])

    def words(self, *keys: str) -> tuple[str, ...]:
        """Several words of sheets, such as headings."""
        return tuple(self.word(key) for key in keys)

    def tab(self, key: str) -> str:
        """The name of a sheet."""
        return self.say(SHEETS[key])

    def column(self, table: Table, column: str) -> str:
        """The name of a column of `table`."""
        told = LINE_DISBURSED if (table.book, column) == ("line", "disbursed") else COLUMNS[column]
        return self.say(told)

    def kind(self, kind: str) -> str:
        """What events of `kind` are called."""
        return self._wording.known(f"kind.{kind}", kind)

    def state(self, state: State, *, provisional: bool) -> str:
        """The state of what is due, and whether its day rests on a year without a calendar."""
        said = self._wording.text(f"state.{state}")
        return said + self.word("provisional") if provisional else said

    def yes(self, *, yes: bool) -> str:
        """Yes or no."""
        return self.word("yes" if yes else "no")
