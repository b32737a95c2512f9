"""Lessons given beside the work: one after the other, seldom, and never while somebody waits for it.

    teaching = Teaching(nursery, watch)
    teaching.offer(notes)       # at once; more than a few are let go, for what is met often is offered again
    teaching.close()

A lesson costs a tenth of a second of a processor, so that strangers must not be able to order many: there is one in
`PAUSE`, and after one that ended the school none for `AFTER_FAILURE`.
"""

import queue
import threading

from verifier.nursery import NoWorker, Nursery
from verifier.watch import Watch

PAUSE = 1.0  # seconds between two lessons; a program is known after two
AFTER_FAILURE = 60.0  # seconds
WAITING = 4  # lessons


class Teaching:
    """Safe between threads. Nothing runs before the first offer."""

    def __init__(self, nursery: Nursery, watch: Watch) -> None:
        self._nursery = nursery
        self._watch = watch
        self._lessons: queue.Queue[bytes] = queue.Queue(WAITING)
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def offer(self, notes: bytes) -> None:
        try:
            self._lessons.put_nowait(notes)
        except queue.Full:
            return
        with self._lock:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._teach, name="lessons", daemon=True)
                self._thread.start()

    def close(self) -> None:
        self._stopped.set()

    def _teach(self) -> None:
        while not self._stopped.is_set():
            try:
                notes = self._lessons.get(timeout=PAUSE)
            except queue.Empty:
                continue
            try:
                more = self._nursery.teach(notes)
            except NoWorker:
                self._watch.taught("failed")
                self._stopped.wait(AFTER_FAILURE)
            else:
                self._watch.taught("more" if more else "nothing")
                self._stopped.wait(PAUSE)
