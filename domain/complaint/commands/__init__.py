"""The commands on a complaint, one model and one pure decider each, by its stage of life."""

from __future__ import annotations

from typing import Final

from domain.complaint.commands.checks import CHECKS
from domain.complaint.commands.command import COMMAND_ENVELOPE, Command, CommandSpec
from domain.complaint.commands.conduct import CONDUCT
from domain.complaint.commands.course import COURSE
from domain.complaint.commands.decision import DECISION
from domain.complaint.commands.filing import FILING
from domain.complaint.commands.handling import HANDLING
from domain.complaint.commands.inquiry import INQUIRY
from domain.complaint.commands.intake import INTAKE
from domain.complaint.commands.outside import OUTSIDE
from domain.complaint.commands.people import PEOPLE
from domain.complaint.commands.points import POINTS
from domain.complaint.commands.redress import REDRESS
from domain.complaint.commands.relations import RELATIONS
from domain.complaint.commands.waiting import WAITING

COMMANDS: Final[tuple[CommandSpec, ...]] = (
    *INTAKE,
    *PEOPLE,
    *HANDLING,
    *WAITING,
    *FILING,
    *INQUIRY,
    *POINTS,
    *DECISION,
    *REDRESS,
    *CHECKS,
    *COURSE,
    *RELATIONS,
    *CONDUCT,
    *OUTSIDE,
)
"""Every command, in the order of a complaint's life."""

__all__ = ["COMMANDS", "COMMAND_ENVELOPE", "Command", "CommandSpec"]
