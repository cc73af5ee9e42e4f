from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from signoff.mock.state.new_ids import greatest, new_uuid, number_of, slugs


@given(st.integers(0, 2**31), st.text(max_size=20), st.integers(1, 2**47))
def test_a_uuid_has_its_number(seed, collection, number):
    made = new_uuid(seed, collection, number)
    assert UUID(made).version == 4
    assert number_of(seed, collection, made) == number
    assert number_of(seed, collection, made.upper()) == number
    assert number_of(seed + 1, collection, made) != number
    assert number_of(seed, f"{collection}x", made) != number


def test_uuids_differ_and_look_random():
    made = [new_uuid(0, "pets", number) for number in range(1, 3000)]
    assert len(set(made)) == len({text[-12:] for text in made}) == len(made)
    assert len({text[-12:-8] for text in made[:100]}) > 90
    assert number_of(0, "pets", "018f6b1e-7c2a-4d3e-9b41-5a6c7d8e9fff") is None
    assert number_of(0, "pets", "rex") is None


def test_integers_count_on_from_the_greatest():
    assert greatest(["3", "12", "rex", "-4", "99999999999999999999", "²"]) == 12
    assert greatest([]) == 0


def test_slugs():
    assert [slug for slug, _ in zip(slugs({"name": "  Crème Brûlée & Co. "}), range(3), strict=False)] == [
        "creme-brulee-co",
        "creme-brulee-co-2",
        "creme-brulee-co-3",
    ]
    assert next(slugs({"title": "x" * 100})) == "x" * 60
    assert list(slugs({"name": "日本"})) == list(slugs({"name": 7})) == list(slugs({})) == []
