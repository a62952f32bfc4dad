"""Settings of the command line, from the environment; an option overrules each of them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the environment says, read once when a command starts."""

    model_config = SettingsConfigDict(
        env_prefix="COMPLAINTS_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    ledger: str = Field(default="ledger", description="Folder of the ledger (COMPLAINTS_LEDGER).")
    data: Path | None = Field(
        default=None,
        description="Folder of derived files, where the ledger is no folder (COMPLAINTS_DATA).",
    )
    actor: str = Field(default="svc-cli", description="Opaque id of who acts (COMPLAINTS_ACTOR).")
    role: str = Field(default="handler", description="Role in which they act (COMPLAINTS_ROLE).")
    zone: str = Field(
        default="UTC",
        description="IANA time zone in which dates without one are meant (COMPLAINTS_ZONE).",
    )
