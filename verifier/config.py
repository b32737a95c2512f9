"""Everything that can be set about the verifier, with its default, unit and reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from verifier.issuer_lists import Source
from verifier.trust import Trust

# A phone's photo has 5 to 12 MB.
MAX_UPLOAD = 16 * 1024 * 1024
MAX_BATCH = 64 * 1024 * 1024  # a hundred certificates as PDF, or a ZIP of them


@dataclass(frozen=True)
class Settings:
    """`cache`: folder that keeps issuers' keys and lists between runs, or None; `trust`: the policy where the reader
    chooses none; `known`: issuer id -> name, and `lists`: where else known issuers are listed; `allow_loopback`: let
    the fetcher reach this machine, for development only; `certificates`: OpenSSL's variables that say whose
    certificates are trusted, for the processes that verify, which get no others."""

    allow_loopback: bool = False
    cache: Path | None = None
    trust: Trust = "domain"
    known: Mapping[str, str] = field(default_factory=dict)
    lists: tuple[Source, ...] = ()
    certificates: Mapping[str, str] = field(default_factory=dict)
    max_upload: int = MAX_UPLOAD  # bytes
    max_batch: int = MAX_BATCH  # bytes
