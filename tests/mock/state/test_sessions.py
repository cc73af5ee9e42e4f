import pytest

from signoff.mock.state import SessionNameError, session_of, without_session


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ([], b"", ""),
        ([(b"accept", b"*/*")], b"limit=3", ""),
        ([(b"signoff-session", b"a")], b"", "a"),
        ([], b"limit=3&__session=b%20&x=1", "b%20"),
        ([(b"cookie", b"other=1; Signoff-Session=c")], b"", "c"),
        ([(b"cookie", b"my-Signoff-Session=c")], b"", ""),
        ([(b"cookie", b"other=__session=c")], b"a__session=d", ""),
        ([(b"cookie", b"Signoff-Session=c"), (b"signoff-session", b"a")], b"__session=b", "a"),
        ([(b"cookie", b"Signoff-Session=c")], b"__session=b", "b"),
        ([(b"signoff-session", b"x" * 128)], b"", "x" * 128),
    ],
)
def test_the_session_of_a_request(headers, query, expected):
    assert session_of(headers, query) == expected


@pytest.mark.parametrize("name", [b"", b"x" * 129, b"caf\xe9", b"a\tb"])
def test_invalid_names_are_errors(name):
    with pytest.raises(SessionNameError):
        session_of([(b"signoff-session", name)], b"")


def test_the_parameter_is_not_part_of_the_query():
    assert without_session("__session=a") == ""
    assert without_session("a=1&__session=a&b=2") == "a=1&b=2"
    assert without_session("a__session=1&b=__session=2") == "a__session=1&b=__session=2"
