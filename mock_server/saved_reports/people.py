"""Generated people."""

from __future__ import annotations


def make_people(count: int, seed: int) -> tuple[str, ...]:
    """`count` different full names, always the same for the same seed."""
    if not count:
        return ()
    from faker import Faker  # noqa: PLC0415 - slow to import, and only needed where reports are served

    fake = Faker("en_US", providers=["faker.providers.person"])
    fake.seed_instance(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        names[f"{fake.first_name()} {fake.last_name()}"] = None
    return tuple(names)
