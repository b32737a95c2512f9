"""Lists of revoked certificates that are forged, stale, about something else, or none (Bitstring Status List 1.0)."""

import gzip
from typing import Any

from tests.attacks.attack import Guard, attack, guard, issued
from tests.attacks.stage import EVIL, LIST, Stage
from vc.multibase import multibase_encode

_LISTS, _PACKED, _BITS, _TABLE = "vc/bit_lists.py", "vc/packed.py", "vc/status/bitstring.py", "vc/status/__init__.py"
_CHECK = "verifier/checks/status.py"

ISSUER = guard("the same issuer", (_LISTS, "if by != issuer:", "if False:"))
ID = guard("the list that was asked for", (_LISTS, 'if document.get("id") != entry.url:', "if False:"))
TYPE = guard("a status list", (_LISTS, "if not isinstance(types, list) or kind.list_type not in types:", "if False:"))
SUBJECT = guard(
    "a bit string",
    (
        _LISTS,
        'if not isinstance(subject, dict) or subject.get("type") not in (kind.subject_type, [kind.subject_type]):',
        "if False:",
    ),
)
PURPOSE = guard(
    "the same purpose",
    (_LISTS, "if entry.purpose not in (purposes if isinstance(purposes, list) else [purposes]):", "if False:"),
)
CURRENT = guard("a current list", (_LISTS, "if any(end <= now for end in ends):", "if False:"))
STARTED = guard(
    "a list that holds already", (_LISTS, "if any(now + CLOCK_SKEW < start for start in starts):", "if False:")
)
SHORT = guard("a long list", (_BITS, "if len(bits) < ENTRIES:", "if False:"))
BOMB = guard(
    "bounded unpacking",
    (_PACKED, "unpacker.decompress(packed, MAX_BYTES + 1)", "unpacker.decompress(packed)"),
    (_PACKED, "if len(data) > MAX_BYTES:", "if False:"),
)
WHOLE = guard("a whole list", (_PACKED, "if not unpacker.eof or unpacker.unused_data:", "if False:"))
INDEX = guard("a plain index", (_LISTS, "if not isinstance(index, str) or not _INDEX.match(index):", "if False:"))
RANGE = guard("an index of the list", (_PACKED, "if not 0 <= index < len(self):", "if False:"))
NAMES = guard(
    "an entry names its list",
    (
        _TABLE,
        "if len(entries) > MAX_ENTRIES:",
        "entries = [one for one in entries if 'statusListCredential' in one.status]\n    if False:",
    ),
)
UNKNOWN_PURPOSE = guard(
    "a purpose that only the issuer understands",
    (_LISTS, "_STATES.get(entry.purpose, State.UNCLEAR)", "_STATES.get(entry.purpose, State.HOLDS)"),
)
ENTRIES = guard("bounded statuses", (_TABLE, "if len(entries) > MAX_ENTRIES:", "if False:"))
KNOWN_TYPE = guard(
    "known kinds of status",
    (
        _TABLE,
        "if len(entries) > MAX_ENTRIES:",
        "entries = [one for one in entries if set(one.names) & set(STATUS_TYPES)]\n    if False:",
    ),
)
SIGNED = guard(
    "the list's own proof",
    (
        _LISTS,
        "return formats.verify(secured, dereference=asker.dereference, expected=expected).document",
        "return secured.document",
    ),
)
BIT = guard("the bit", (_CHECK, "{State.REVOKED: 5, State.SUSPENDED: 4, State.UNCLEAR: 1}", "{}"))
REACHABLE = guard(
    "unreachable is not passed",
    (
        _CHECK,
        "return 3 if isinstance(self.error, Invalid) else 2",
        "return 3 if isinstance(self.error, Invalid) else 0",
    ),
)
ONE_ID = guard("an entry is not its list", (_LISTS, 'if status.get("id") == url:', "if False:"))
SIZE = guard(
    "known sizes", (_LISTS, "if not isinstance(size, int) or isinstance(size, bool) or size < 1:", "if False:")
)
SIZES = guard("one size", (_LISTS, 'if "statusSize" in subject and subject["statusSize"] != entry.size:', "if False:"))
MESSAGES = guard(
    "a message for each value",
    (_LISTS, "if sorted(found) != list(range(2**size)) or len(listed or ()) != 2**size:", "if False:"),
)

STOPPED = "status STATUS_VERIFICATION_ERROR"
MALFORMED = "status MALFORMED_VALUE_ERROR"


def _list(
    name: str, threat: str, change: Any, by: Guard, stopped: str = STOPPED, verdict: str = "rejected", **options: Any
) -> None:
    """The academy's own list, unsound in one way, signed by the academy."""

    def build(stage: Stage) -> bytes:
        stage.status_list(change, **options)
        return stage.text(stage.secure(stage.course()))

    attack(name, threat, stopped, by, verdict=verdict)(build)


def _subject(**members: Any) -> Any:
    return lambda d: d["credentialSubject"].update(members)


def _packed(data: bytes) -> str:
    return multibase_encode(gzip.compress(data, mtime=0), "u")


# --- forged lists ------------------------------------------------------------------------------------------


@attack("status/list-signed-by-a-stranger", "Somebody else signs a list in which nothing is revoked.", STOPPED, SIGNED)
def _(stage: Stage) -> bytes:
    stage.status_list(signer=stage.attacker)
    return stage.text(stage.secure(stage.course()))


@attack("status/list-of-another-issuer", "A genuine list of another issuer in the academy's place.", STOPPED, ISSUER)
def _(stage: Stage) -> bytes:
    stage.publish(EVIL, {"key-1": stage.attacker.public_key})
    stage.status_list(lambda d: d.update(issuer=EVIL), signer=stage.attacker, method=f"{EVIL}#key-1")
    return stage.text(stage.secure(stage.course()))


@attack(
    "status/list-with-a-bit-taken-back",
    "The bit of a revoked certificate is cleared after the list was signed.",
    STOPPED,
    SIGNED,
)
def _(stage: Stage) -> bytes:
    secured = stage.world.status_list()
    secured["credentialSubject"]["encodedList"] = _packed(bytes(16384 + 1))
    stage.pages[LIST] = stage.text(secured)
    return stage.text(stage.secure(stage.course()))


@attack("status/list-without-proof", "A list that nobody signed.", STOPPED, SIGNED)
def _(stage: Stage) -> bytes:
    stage.pages[LIST] = stage.text({k: v for k, v in stage.world.status_list().items() if k != "proof"})
    return stage.text(stage.secure(stage.course()))


@attack(
    "status/list-with-an-unsigned-member",
    "A list with something in it that its signature does not cover.",
    STOPPED,
    SIGNED,
)
def _(stage: Stage) -> bytes:
    stage.pages[LIST] = stage.text({**stage.world.status_list(), "note": "nothing is revoked"})
    return stage.text(stage.secure(stage.course()))


@attack("status/revoked", "A revoked certificate.", "status REVOKED", BIT)
def _(stage: Stage) -> bytes:
    bits = bytearray(16384)
    bits[0] = 0x80 >> 7
    stage.status_list(_subject(encodedList=_packed(bytes(bits))))
    return stage.text(stage.secure(stage.course()))


@attack(
    "status/revoked-in-the-second-of-two",
    "The first status is sound, the second says that it was revoked.",
    "status REVOKED",
    BIT,
)
def _(stage: Stage) -> bytes:
    bits = bytearray(16384)
    bits[1] = 0x80
    stage.status_list(_subject(encodedList=_packed(bytes(bits))))
    credential = stage.course()
    first = credential["credentialStatus"]
    credential["credentialStatus"] = [first, {**first, "id": f"{LIST}#8", "statusListIndex": "8"}]
    return stage.text(stage.secure_as_is(credential))


# --- unsound lists -----------------------------------------------------------------------------------------

_list(
    "status/another-list",
    "A list that says it is another one, older perhaps.",
    lambda d: d.update(id=LIST + "-old"),
    ID,
)
_list("status/no-list", "A credential that is no status list.", lambda d: d.update(type=["VerifiableCredential"]), TYPE)
_list(
    "status/subject-of-another-type",
    "A list of something else.",
    _subject(type=["BitstringStatusList", "https://lists.example/Waiting"]),
    SUBJECT,
)
_list(
    "status/about-suspension",
    "A list of suspensions says nothing of revocations.",
    _subject(statusPurpose="suspension"),
    PURPOSE,
)
_list(
    "status/about-messages",
    "A list of messages says nothing of revocations.",
    _subject(statusPurpose=["message", "refresh"]),
    PURPOSE,
)
_list(
    "status/out-of-date",
    "A list of last week, replayed.",
    lambda d: d.update(validUntil="2026-03-02T11:00:00Z"),
    CURRENT,
    "status STATUS_RETRIEVAL_ERROR",
    "undetermined",
)
_list(
    "status/of-tomorrow",
    "A list that does not hold yet.",
    lambda d: d.update(validFrom="2026-03-03T12:00:00Z"),
    STARTED,
)
_list(
    "status/too-short",
    "A list so short that a look at it tells whose certificate is looked at.",
    _subject(encodedList=_packed(bytes(16383))),
    SHORT,
    "status STATUS_LIST_LENGTH_ERROR",
)
_list(
    "status/bomb",
    "A list of a kilobyte that unpacks to megabytes.",
    _subject(encodedList=_packed(bytes(1024 * 1024 + 1))),
    BOMB,
)
_list("status/cut-short", "A list that breaks off.", _subject(encodedList="u" + _packed(bytes(16384))[1:-12]), WHOLE)
_list(
    "status/two-lists-in-one",
    "A second list behind the first.",
    _subject(encodedList=multibase_encode(gzip.compress(bytes(16384), mtime=0) * 2, "u")),
    WHOLE,
)

# --- unsound entries ---------------------------------------------------------------------------------------

for _name, _index in (
    ("negative", "-1"),
    ("with-a-sign", "+7"),
    ("with-zeros", "007"),
    ("with-a-space", " 7"),
    ("in-full-width", "７"),
    ("with-underscore", "1_0"),
    ("with-a-line-break", "7\n"),
    ("a-number", 7),
):
    issued(
        f"status/index-{_name}",
        "An index that libraries read as different numbers.",
        lambda c, v=_index: c["credentialStatus"].update(statusListIndex=v),
        MALFORMED,
        INDEX | RANGE,
    )

issued(
    "status/index-hexadecimal",
    "An index that is no number for some.",
    lambda c: c["credentialStatus"].update(statusListIndex="0x7"),
    MALFORMED,
    INDEX,
)
issued(
    "status/index-beyond-the-list",
    "An index outside the list is in nobody's care.",
    lambda c: c["credentialStatus"].update(statusListIndex="131072"),
    "status RANGE_ERROR",
    RANGE,
)
issued(
    "status/index-missing",
    "An entry without index.",
    lambda c: c["credentialStatus"].pop("statusListIndex"),
    MALFORMED,
    INDEX,
)
issued(
    "status/list-missing",
    "An entry that names no list.",
    lambda c: c["credentialStatus"].pop("statusListCredential"),
    MALFORMED,
    NAMES,
)


@attack(
    "status/invented-purpose",
    "A status is set whose purpose nobody but the issuer knows: it may be an end.",
    "status NOT_SUPPORTED",
    UNKNOWN_PURPOSE,
    verdict="undetermined",
)
def _(stage: Stage) -> bytes:
    stage.status_list(_subject(statusPurpose="decoration", encodedList=_packed(b"\xff" * 16384)))
    credential = stage.course()
    credential["credentialStatus"]["statusPurpose"] = "decoration"
    return stage.text(stage.secure_as_is(credential))


issued(
    "status/invented-type",
    "A kind of status that nobody here can read is not passed over.",
    lambda c: c.update(credentialStatus={"id": f"{LIST}#7", "type": "https://status.example/Carrier-Pigeon"}),
    "status NOT_SUPPORTED",
    KNOWN_TYPE,
    verdict="undetermined",
)


@attack("status/five-of-them", "Each status costs a fetch and a verification.", STOPPED, ENTRIES)
def _(stage: Stage) -> bytes:
    credential = stage.course()
    first = credential["credentialStatus"]
    credential["credentialStatus"] = [{**first, "id": f"{LIST}#{n}", "statusListIndex": str(n)} for n in range(5)]
    return stage.text(stage.secure_as_is(credential))


@attack(
    "status/list-gone",
    "Whoever keeps the list from being fetched could hide a revocation.",
    "status STATUS_RETRIEVAL_ERROR",
    REACHABLE,
    verdict="undetermined",
)
def _(stage: Stage) -> bytes:
    stage.missing.add(LIST)
    return stage.text(stage.secure(stage.course()))
