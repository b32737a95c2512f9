"""How a command ends: an exit code, and for every error one clear line, never a traceback.

0 done, 1 refused, 64 wrong usage (sysexits.h), 130 interrupted.
"""

import logging
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from issuer.console import Terminal
from issuer.errors import IssuerError

DONE, REFUSED, WRONG_USAGE, INTERRUPTED = 0, 1, 64, 130


@dataclass(frozen=True)
class CommandErrors:
    """What the library of the command line raises: `usage` for what was typed wrongly, `aborted` for Ctrl-C."""

    usage: type[Exception]
    aborted: type[BaseException]


def ended(call: Callable[[], object], errors: CommandErrors, *, log_folder: Path) -> int:
    """The exit code of `call`, which returns one or None. The trace of an error that nobody foresaw goes to
    `issuer.log` in `log_folder`."""
    terminal = Terminal()
    try:
        code = call()
    except errors.usage as error:
        _say_usage(terminal, error)
        return WRONG_USAGE
    except (errors.aborted, KeyboardInterrupt):
        return INTERRUPTED
    except IssuerError as error:
        terminal.error(str(error))
        for line in getattr(error, "lines", ()):
            terminal.note(f"  {line}")
        return REFUSED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        terminal.error(f"{error.filename or 'The system'}: {error.strerror or error}.")
        return REFUSED
    except Exception as error:
        terminal.error(_logged(error, log_folder / "issuer.log"))
        return REFUSED
    return code if isinstance(code, int) else DONE


def _say_usage(terminal: Terminal, error: Any) -> None:
    """One line; the whole help where a command was called with nothing at all."""
    message = error.format_message().strip()
    context = getattr(error, "ctx", None)
    if not message or "\n" in message:
        error.show()
    else:
        terminal.error(f"{message} Try: {context.command_path if context else 'issuer'} --help")


def _logged(error: Exception, log: Path) -> str:
    """Where in the code it was goes into the file; what the error says may be about a learner, and does not."""
    from serving.traces import described

    identifier = secrets.token_hex(4)
    handler = logging.FileHandler(log)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    message = ("unexpected error %s: %s", (identifier, described(error)))
    handler.emit(logging.getLogger("issuer").makeRecord("issuer", logging.ERROR, "", 0, *message, None))
    handler.close()
    return f"Something unexpected happened ({type(error).__name__}). {log} has it as {identifier}."
