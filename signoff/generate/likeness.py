"""Texts like an example: another code of its form, or other words of its length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from faker import Faker

_FEWEST = 3


def in_style(like: str, random: Random) -> str:
    """A code like an example: `ord_8f3k` gives `ord_` and four other characters."""
    head = re.match(r"[A-Za-z]+[_\-:.]", like)
    start = head.end() if head and head.end() < len(like) else 0
    letters = "abcdef" if re.fullmatch(r"[0-9a-f_\-]*", like[start:]) else "abcdefghijklmnopqrstuvwxyz"
    made = [
        random.choice("0123456789")
        if character.isdecimal()
        else random.choice(letters)
        if character.islower()
        else random.choice(letters.upper())
        if character.isupper()
        else character
        for character in like[start:]
    ]
    return like[:start] + "".join(made)


def other_words(like: str, fake: Faker) -> str | None:
    """Other words than the example's: a sentence for a sentence, a name for a name.

    None for what may be one of few words that the server knows: `active`, `kg`, `text/plain`.
    """
    words = like.split()
    if not all(word.strip(".,!?;:'\"()").isalpha() for word in words):
        return None
    if len(words) == 1:
        return fake.word().title() if like[0].isupper() and like[1:].islower() else None
    end = like[-1] if like[-1] in ".!?" else ""
    made = fake.sentence(nb_words=max(_FEWEST, len(words)) if end else len(words)).rstrip(".")
    return made.title() + end if like.istitle() else made + end
