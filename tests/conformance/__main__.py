"""`python -m tests.conformance [--port 8443] [--suites DIR] [--verbose]`: serve, or serve and run the suites.

Without `--suites` it serves until Ctrl-C and says what to put into a suite's `localConfig.cjs`. With it, every suite
that is checked out below DIR is run against it in both profiles, and the scores are printed.
"""

import argparse
import asyncio
import json
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn

from tests.conformance import certificate, suites
from tests.conformance.mocha import Score
from tests.conformance.profiles import PROFILES
from tests.conformance.service import create_app

HOST = "127.0.0.1"
STARTING = 10.0  # seconds until the service answers


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    arguments.add_argument("--port", type=int, default=8443)
    arguments.add_argument("--suites", type=Path, help="a folder below which suites are checked out and installed")
    arguments.add_argument("--verbose", action="store_true", help="name every test that failed or was skipped")
    chosen = arguments.parse_args()
    base = f"https://{HOST}:{chosen.port}"
    with TemporaryDirectory() as folder:
        chain, key = certificate.write(Path(folder))
        server = _server(chain, key, base, chosen.port)
        if chosen.suites is None:
            _explain(base, chain)
            asyncio.run(server.serve())
            return 0
        thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        thread.start()
        try:
            _wait(server, thread)
            return _run(chosen.suites, base, chain, verbose=chosen.verbose)
        finally:
            server.should_exit = True
            thread.join(STARTING)


def _server(chain: Path, key: Path, base: str, port: int) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_app(base=base),
            host=HOST,
            port=port,
            ssl_certfile=chain,
            ssl_keyfile=key,
            log_level="warning",
            access_log=False,
        )
    )


def _wait(server: uvicorn.Server, thread: threading.Thread) -> None:
    waited = 0.0
    while not server.started:
        if not thread.is_alive() or waited > STARTING:
            raise SystemExit("The service did not start; is the port taken? Choose another with --port.")
        time.sleep(0.1)
        waited += 0.1


def _explain(base: str, chain: Path) -> None:
    for profile in PROFILES:
        print(f"// {profile}: localConfig.cjs")
        print(f"module.exports = {json.dumps(suites.configuration(base, profile), indent=2)};\n")
    print(f"Serving at {base}/{{{','.join(PROFILES)}}}/ until Ctrl-C. To run the suites, either of:")
    print("  make conformance SUITES=DIR      every suite that is checked out and installed below DIR, both profiles")
    print("  npx mocha tests/                 in a suite's folder, with one of the above as its localConfig.cjs, and")
    print(f"                                   NODE_EXTRA_CA_CERTS={chain} for the one of Bitstring Status List")


def _run(folder: Path, base: str, chain: Path, *, verbose: bool) -> int:
    missing = set(suites.SUITES) - {suite.name for suite in suites.found(folder)}
    for name in sorted(missing):
        print(f"not there, or not installed: {folder / name}")
    rows: list[tuple[Path, str, Score]] = []
    for suite, profile, score in suites.run_all(folder, base, chain):
        rows.append((suite, profile, score))
        print(f"{suite.name} ({profile}): {len(score.passed)} of {score.total} passed", flush=True)
        if verbose:
            for title, reason in score.failed:
                print(f"  failed: {title}\n          {reason.splitlines()[0] if reason else ''}")
            for title in score.skipped:
                print(f"  skipped: {title}")
    print(suites.table(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
