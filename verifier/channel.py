"""A connection between two processes of this verifier: frames over a pair of connected ends, which lead nowhere else.

A frame is its length (eight bytes, big-endian) and its bytes. Whoever reads says how long it may be, for the other
side may have been taken over by a stranger's file. One end can be handed to another process through a channel.

    ours, theirs = pair()
    ours.send(b"job")
    theirs.receive(limit=1_000)      # b"job"; None when `seconds` pass before a frame is complete

`Closed`: the other side is gone, or sent what is no frame.
"""

import os
import socket
import struct
import time
from typing import Self

_LENGTH = struct.Struct(">Q")
_CHUNK = 256 * 1024  # bytes read at once


class Closed(Exception):
    """The other side is gone, or does not keep to the form."""


class Channel:
    """One end. Not for two threads at once."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._read = bytearray()  # of a frame that is not complete yet

    @classmethod
    def of(cls, descriptor: int) -> Self:
        return cls(socket.socket(fileno=descriptor))

    def fileno(self) -> int:
        return self._end.fileno()

    def close(self) -> None:
        self._end.close()

    def send(self, *frames: bytes, seconds: float | None = None) -> None:
        """Raises `Closed`, also when the other side reads nothing for `seconds`."""
        try:
            self._end.settimeout(seconds)
            for frame in frames:
                self._end.sendall(_LENGTH.pack(len(frame)))
                self._end.sendall(frame)
        except OSError as error:
            raise Closed from error

    def receive(self, *, limit: int, seconds: float | None = None) -> bytes | None:
        """The next frame; None when the time is over first, and then a later call goes on. Raises `Closed`."""
        ends = None if seconds is None else time.monotonic() + seconds
        while True:
            frame = self._complete(limit)
            if frame is not None:
                return frame
            try:
                self._end.settimeout(None if ends is None else max(0.0, ends - time.monotonic()))
                more = self._end.recv(_CHUNK)
            except (TimeoutError, BlockingIOError):
                return None
            except OSError as error:
                raise Closed from error
            if not more:
                raise Closed
            self._read += more

    @property
    def quiet(self) -> bool:
        """Whether nothing is there to be received; not so when the other side is gone."""
        try:
            self._end.settimeout(0)
            self._read += self._end.recv(_CHUNK) or b"\0"
        except BlockingIOError:
            return not self._read
        except OSError:
            return False
        return False

    def _complete(self, limit: int) -> bytes | None:
        if len(self._read) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._read)
        if length > limit:
            raise Closed
        end = _LENGTH.size + length
        if len(self._read) < end:
            return None
        frame = bytes(memoryview(self._read)[_LENGTH.size : end])
        del self._read[:end]
        return frame

    # --- handing an end to another process -----------------------------------------------------------------

    def give(self, other: "Channel") -> None:
        """Sends the other channel's end, which the caller may close then."""
        try:
            self._end.settimeout(None)
            socket.send_fds(self._end, [b"+"], [other.fileno()])
        except OSError as error:
            raise Closed from error

    def take(self) -> "Channel":
        """Waits for an end that is given."""
        self._end.settimeout(None)
        said, descriptors, _, _ = socket.recv_fds(self._end, 1, 1)
        if not said or len(descriptors) != 1:
            for descriptor in descriptors:
                os.close(descriptor)
            raise Closed
        return Channel.of(descriptors[0])


def pair() -> tuple[Channel, Channel]:
    """Two ends that are connected with each other."""
    one, other = socket.socketpair()
    return Channel(one), Channel(other)
