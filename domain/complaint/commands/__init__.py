"""The commands on a complaint, one model and one pure decider each, by its stage of life."""

from __future__ import annotations

from typing import Final

from domain.complaint.commands.command import COMMAND_ENVELOPE, Command, CommandSpec
from domain.complaint.commands.course import COURSE
from domain.complaint.commands.decision import DECISION
from domain.complaint.commands.filing import FILING
from domain.complaint.commands.handling import HANDLING
from domain.complaint.commands.intake import INTAKE
from domain.complaint.commands.redress import REDRESS

COMMANDS: Final[tuple[CommandSpec, ...]] = (
    *INTAKE,
    *HANDLING,
    *FILING,
    *DECISION,
    *REDRESS,
    *COURSE,
)
"""Every command, in the order of a complaint's life."""

__all__ = ["COMMANDS", "COMMAND_ENVELOPE", "Command", "CommandSpec"]
