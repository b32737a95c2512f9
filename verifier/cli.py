"""The verifier on the command line.

    verifier verify FILE|URL|- [--json] [--trust domain|known|any] [--known LIST]… [--allow-loopback] [--no-cache]
    verifier batch FILE|FOLDER|ZIP|URL… [--csv OUT] [--json] [and the others of verify]
    verifier serve [--host H] [--port P] [--processes N] [--metrics-port P] [--log json|text] [--known LIST]…

LIST is a file of known issuers, or a URL with #sha256=… (its content) or #key=… (who signs it).

Exit codes of `verify`: 0 accepted, 1 rejected, 2 undetermined, 64 wrong usage; of `batch` the worst of
all. A thin shell: names become objects here.
"""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from typer.exceptions import TyperException

from serving.collecting import seldom
from vc.errors import VcError
from verifier.glyphs import invisible
from verifier.issuer_lists import MAX_LISTS, IssuerLists, Source, opened, source
from verifier.trust import TRUSTS, Policy
from verifier.verifying import LISTS_FOLDER

if TYPE_CHECKING:
    from serving.logs import Form
    from verifier.report import Report

EXIT_CODES = {"accepted": 0, "rejected": 1, "undetermined": 2}
WRONG_USAGE = 64

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Says whether a badge or certificate is genuine.")

Loopback = Annotated[
    bool, typer.Option("--allow-loopback", help="Let it fetch from this machine. For development only.")
]

Known = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LIST",
        help="Known issuers: a file, or a URL with #sha256=… (its content) or #key=… (who signs it). Several times.",
    ),
]


@app.command()
def verify(
    what: Annotated[str, typer.Argument(metavar="FILE|URL|-", help="A file, a link, or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    trust: Annotated[str, typer.Option(help="Whom to believe: domain, known or any.")] = "domain",
    allow_loopback: Loopback = False,
    known: Known = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Neither use nor keep what was fetched.")] = False,
    recipient: Annotated[
        str | None, typer.Option(metavar="EMAIL|DID", help="Whose it should be: compared with what was signed.")
    ] = None,
) -> None:
    """Verifies one credential; exit 0 accepted, 1 rejected, 2 undetermined."""
    from verifier import HttpFetch, verify
    from verifier.cache import FetchCache

    if trust not in TRUSTS:
        raise typer.BadParameter(f"--trust is one of {', '.join(TRUSTS)}, not {trust}.")
    folder = None if no_cache else _cache_folder()
    fetch = HttpFetch(allow_loopback=allow_loopback, cache=None if no_cache else FetchCache(folder))
    report = verify(
        _read(what), policy=Policy(trust=trust, lists=_issuer_lists(known, folder)), fetch=fetch, recipient=recipient
    )
    if as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        _print(report)
    raise SystemExit(EXIT_CODES[report.verdict])


@app.command()
def batch(
    what: Annotated[list[str], typer.Argument(metavar="FILE|FOLDER|ZIP|URL…", help="What is to be checked.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print all reports as JSON.")] = False,
    csv: Annotated[Path | None, typer.Option(help="Write a table of the answers to this file.")] = None,
    trust: Annotated[str, typer.Option(help="Whom to believe: domain, known or any.")] = "domain",
    allow_loopback: Loopback = False,
    known: Known = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Neither use nor keep what was fetched.")] = False,
) -> None:
    """Verifies many; exit 0 all accepted, 1 some rejected, 2 none rejected and some undetermined."""
    from verifier.cli_batch import run
    from verifier.config import Settings

    if trust not in TRUSTS:
        raise typer.BadParameter(f"--trust is one of {', '.join(TRUSTS)}, not {trust}.")
    cache = None if no_cache else _cache_folder()
    settings = Settings(
        allow_loopback=allow_loopback, cache=cache, trust=trust, lists=_lists(known), certificates=_certificates()
    )
    raise SystemExit(run(what, settings, as_json=as_json, csv=csv, visible=visible))


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8001,
    allow_loopback: Loopback = False,
    known: Known = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="So many processes behind the port.")] = 1,
    metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Serve numbers for Prometheus on this port.")
    ] = None,
    metrics_host: Annotated[str, typer.Option(help="The address of that port: not for everybody.")] = "127.0.0.1",
    log: Annotated[str | None, typer.Option(help="json or text; by default text for a terminal, else json.")] = None,
) -> None:
    """Runs the verifier's pages and API."""
    from serving.running import Options
    from verifier.cli_serve import run
    from verifier.config import Settings

    if log not in (None, "json", "text"):
        raise typer.BadParameter(f"--log is json or text, not {log}.")
    if allow_loopback:
        typer.echo("Development: this verifier may fetch from this machine (--allow-loopback).", err=True)
    cache = _cache_folder()
    settings = Settings(allow_loopback=allow_loopback, cache=cache, lists=_lists(known), certificates=_certificates())
    form = cast("Form | None", log)
    raise SystemExit(run(settings, Options(host, port, processes, metrics_host, metrics_port, form)))


def _lists(known: list[str] | None) -> tuple[Source, ...]:
    """The lists that `--known` names; files are read now, so that what is wrong with one is said before anything."""
    sources = []
    for text in known or []:
        try:
            one = source(text, _read)
            if one.content is not None:
                opened(one, one.content, datetime.now(UTC))
        except VcError as error:
            raise typer.BadParameter(f"{text}: {error}") from error
        sources.append(one)
    if len(sources) > MAX_LISTS:
        raise typer.BadParameter(f"At most {MAX_LISTS} lists of known issuers can be used.")
    return tuple(sources)


def _issuer_lists(known: list[str] | None, cache: Path | None) -> IssuerLists | None:
    sources = _lists(known)
    return IssuerLists(sources, cache and cache / LISTS_FOLDER) if sources else None


def _read(what: str) -> bytes:
    if what == "-":
        return sys.stdin.buffer.read()
    if what.startswith(("https://", "http://")):
        return what.encode()
    try:
        return Path(what).read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{what} cannot be read: {error.strerror}.") from error


def _cache_folder() -> Path | None:
    """`$TESTAMUR_CACHE`, or `testamur/verifier` where the platform keeps caches; None where there is no home."""
    chosen = os.environ.get("TESTAMUR_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "testamur" / "verifier" if os.path.isabs(base) else None


def _certificates() -> dict[str, str]:
    """Where OpenSSL is told to find whose certificates are trusted, as in a company with an authority of its own."""
    return {name: os.environ[name] for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if name in os.environ}


_WORDS = {
    "accepted": ("✓", "Genuine", "green"),
    "rejected": ("✗", "Not genuine", "red"),
    "undetermined": ("?", "Cannot tell yet", "yellow"),
}
_SIGNS = {"passed": "✓", "failed": "✗", "unknown": "?", "skipped": "–"}


def _print(report: "Report") -> None:
    """A report that fits a screen; colour is only an aid."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    sign, word, colour = _WORDS[report.verdict]
    console.print(Text(f"{sign} {word}", style=f"bold {colour}"))
    if report.reason is not None:
        console.print(Text(str(report.reason)))
    facts = report.facts
    if facts is not None:
        table = Table.grid(padding=(0, 2))
        dates = facts.awarded.strftime("%-d %B %Y") if facts.awarded else "–"
        for name, value in (
            ("Who", facts.recipient or "–"),
            ("What", facts.name),
            ("Claimed issuer", facts.issuer.name),
            ("Domain", facts.issuer.domain or "none vouches for the key"),
            ("Trust", str(facts.issuer.trust)),
            ("Awarded", dates),
            ("Language", facts.language or "–"),
        ):
            table.add_row(Text(name, style="dim"), Text(visible(value)))
        console.print()
        console.print(table)
    trust = [] if facts is None else facts.issuer.trust_lines
    warnings = [] if facts is None else [one for one in facts.issuer.warnings if one != report.reason]
    for title, lines in (
        ("Look here", [("unknown", str(warning), "") for warning in warnings]),
        ("Why", [(line.outcome, f"{line.line} {line.reason}", "") for line in trust]),
        ("Includes", [(part.outcome, part.name, str(part.detail)) for part in report.courses]),
        ("What we checked", [(check.outcome, check.name, str(check.detail)) for check in report.checks]),
    ):
        if not lines:
            continue
        table = Table.grid(padding=(0, 2))
        for outcome, name, detail in lines:
            table.add_row(_SIGNS[outcome], Text(visible(name), overflow="fold"), Text(visible(detail)))
        console.print(f"\n[bold]{title}[/bold]")
        console.print(table)


def visible(text: str) -> str:
    """Control characters, direction overrides and what cannot be seen must not steer the terminal or the reader."""
    return "".join(f"[U+{ord(c):04X}]" if invisible(c) else c for c in text)


def main() -> None:
    """The entry point. Usage errors leave with 64, because 2 is one of the three answers."""
    seldom()
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        print(f"error: {error.format_message()}", file=sys.stderr)
        sys.exit(WRONG_USAGE)
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
