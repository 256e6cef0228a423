"""The seal: what stands in the facts of a program instead of a credential."""

from __future__ import annotations

import msgspec

from botlint.model import Span


class Seal(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What may be known of a sealed literal: where it stands, and how its text begins (``shown``,
    four characters at most, with its length).

    ``form`` is the known form that it has or holds (``GitHub token``), ``""`` for none; ``shape``
    is a :class:`botlint.secrets.shapes.Shape`; ``traits`` are ``hex64`` (32 bytes in hexadecimal,
    as a private key or a hash), ``hex`` (any other length), ``uuid``, ``point`` (32 bytes
    in base 58, as the addresses of Solana). ``is_part``: the literal
    holds more than the credential. ``same`` is the number of a seal of the source with the same
    credential, -1 where none was read before.
    """

    span: Span
    shown: str
    form: str
    shape: int
    trait: str = ""
    is_part: bool = False
    same: int = -1
