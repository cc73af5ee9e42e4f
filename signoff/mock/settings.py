"""What a user can set about the mock server."""

from __future__ import annotations

from dataclasses import dataclass

from signoff.contract import SetupError

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """How the mock answers.

    Attributes:
        seed: what all made-up values follow from; the same seed gives the same bytes.
        locale: the language and country of made-up names, as Faker spells it.
        dynamic: whether made-up values are preferred to the document's examples.
        cors: whether browsers of any origin may read the answers.
        auth: whether the document's security requirements are enforced.
        validate_responses: whether what handlers return must keep the contract.
        max_body_bytes: the largest request body that is read.
    """

    seed: int = 0
    locale: str = "en_US"
    dynamic: bool = False
    cors: bool = True
    auth: bool = True
    validate_responses: bool = True
    max_body_bytes: int = 10 * MEBIBYTE


def known_locale(locale: str) -> str:
    """A locale as Faker spells it: `de_DE` for `de-de` or `de_DE`.

    Raises:
        SetupError: there are no names for it.
    """
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415 - 0.1 s that only the command line needs

    spelt = {known.lower(): known for known in AVAILABLE_LOCALES}
    found = spelt.get(locale.replace("-", "_").lower())
    if found is None:
        raise SetupError(
            f"there are no names for the locale {locale!r}",
            suggestion="Say a language and country such as de_DE or ja_JP.",
        )
    return found
