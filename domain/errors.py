"""Every error that the ledger raises, as one tree.

LedgerError
├── RefusedError               the ledger's rules said no                       exit 1
│   ├── CommandRefusedError      a guard stands in the way of an act
│   ├── ConflictError            somebody else's events came first
│   ├── CheckFailedError         a check found something
│   └── KeyDestroyedError        the data was erased and cannot be read or sealed again
├── InputError                 wrong usage or input                             exit 2
│   └── NotSealedError           personal data would have gone out in clear
├── UnreachableError           the log or a store cannot be reached             exit 3
│   ├── LockTimeoutError         another process holds the lock for too long
│   └── OutcomeUnknownError      nobody can say yet whether it was appended
└── UntrustedError             the log or a file cannot be trusted              exit 4
    ├── DamagedError             bytes are not what they were
    ├── ForeignError             it belongs to another ledger or program
    ├── OlderStateError          a derived file of another version; it is made anew
    └── UnknownRuleSetError      written by rules that this version does not know

A message quotes the thing, names the rule and says what to do next.
"""

from __future__ import annotations

from typing import ClassVar


class LedgerError(Exception):
    """Base of every error of the ledger."""

    exit_code: ClassVar[int] = 1


class RefusedError(LedgerError):
    """The ledger's rules said no; nothing was appended."""


class CommandRefusedError(RefusedError):
    """A guard stands in the way of an act; `obstacles` says each in plain words."""

    def __init__(self, subject: str, obstacles: tuple[str, ...]) -> None:
        self.subject = subject
        self.obstacles = obstacles
        super().__init__(f"{subject}: " + "; ".join(obstacles))


class ConflictError(RefusedError):
    """Somebody else's events came first, again and again."""


class CheckFailedError(RefusedError):
    """A check found something that is not as it must be."""


class KeyDestroyedError(RefusedError):
    """The data was erased: its key was destroyed and never comes back."""

    def __init__(self, destroyed: tuple[tuple[str, str], ...]) -> None:
        self.destroyed = destroyed
        """Subject and class of each key asked for that was destroyed."""
        subject, data_class = self.destroyed[0]
        more = f" and {len(self.destroyed) - 1} more" if len(self.destroyed) > 1 else ""
        super().__init__(
            f"the '{data_class}' key of subject '{subject}'{more} was destroyed; erased data "
            "cannot be read or sealed again, leave the field out"
        )


class InputError(LedgerError):
    """What was given cannot be used."""

    exit_code: ClassVar[int] = 2


class NotSealedError(InputError):
    """Personal data would have been written in clear."""


class UnreachableError(LedgerError):
    """The log or a store cannot be reached; nothing is known to have changed."""

    exit_code: ClassVar[int] = 3


class LockTimeoutError(UnreachableError):
    """Another process holds a lock for longer than we wait."""


class OutcomeUnknownError(UnreachableError):
    """Nobody can say yet whether a record was appended; ask again with the same id."""


class UntrustedError(LedgerError):
    """The log or a file cannot be trusted; nothing was changed."""

    exit_code: ClassVar[int] = 4


class DamagedError(UntrustedError):
    """Stored bytes are not what they were."""


class ForeignError(UntrustedError):
    """A file belongs to another ledger, or to another program."""


class OlderStateError(UntrustedError):
    """A derived file was written by another version of the program: make it anew from the log."""


class UnknownRuleSetError(UntrustedError):
    """The log is governed by a rule set that this version does not know."""
