"""The rule book: which rule decides, for which session, and how often."""

import sys
from collections import Counter

import pytest

from signoff.contract import DataError
from signoff.mock.exchange import Request
from signoff.mock.rules import load_rules
from signoff.mock.rules.book import MAX_RULES, MAX_SESSIONS
from tests.mock.rules.servers import orders, rule_book

BY_ID = {operation.id: operation for operation in orders().operations}


def asked(book, operation="listOrders", path="/v1/orders", session="", scenario=None, **request):
    """The id of the rule that decides, or None."""
    sent = Request(path, request.get("values", {}), "", request.get("headers", {}), request.get("body", b""))
    found = book.decide(BY_ID[operation], sent, session, scenario)
    return found.rule if found else None


def turns(book, count, **request):
    """For each of a number of requests, whether a rule decides."""
    return "".join("x" if asked(book, **request) else "." for _ in range(count))


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ("every: 3", "..x..x..x..x"),
        ("times: 2", "xx.........."),
        ("after: 4", "....xxxxxxxx"),
        ("every: 2, times: 2", ".x.x........"),
        ("after: 1, every: 2", "..x.x.x.x.x."),
        ("after: 2, times: 3", "..xxx......."),
    ],
)
def test_a_rule_applies_to_some_of_the_matching_requests(tmp_path, limits, expected):
    book = rule_book(tmp_path, f"rules: [{{operation: listOrders, delay: 1, {limits}}}]")
    assert turns(book, 12) == expected
    assert turns(book, 12, session="other") == expected
    book.reset("")
    assert turns(book, 12) == expected


def test_only_requests_that_meet_the_condition_are_counted(tmp_path):
    rule = "{operation: createOrder, when: request.body.items.size() > 1, every: 2, delay: 1}"
    book = rule_book(tmp_path, f"rules: [{rule}]")
    found = [
        asked(book, "createOrder", headers={"content-type": "application/json"}, body=body)
        for body in (b'{"items":["a","b"]}', b'{"items":[]}', b'{"items":["a","b","c"]}', b"{", b"")
    ]
    assert found == [None, None, "rules/1", None, None]


def test_probability_follows_from_the_seed(tmp_path):
    text = "rules: [{operation: listOrders, probability: 0.2, delay: 1}]"
    first, again = (turns(rule_book(tmp_path, text), 500) for _ in range(2))
    assert first == again
    assert first != turns(rule_book(tmp_path, text, seed=1), 500)
    assert 60 <= first.count("x") <= 140


def test_the_first_rule_that_matches_decides(tmp_path):
    book = rule_book(
        tmp_path,
        """
        scenario: one
        scenarios:
          one:
            - {operation: getOrder, times: 1, delay: 1}
            - {path: /orders/7, delay: 1}
            - {tag: files, delay: 1}
          two: [{id: named, operation: getOrder, delay: 1}]
        rules:
          - {path: '/orders/{id}', method: get, delay: 1}
        """,
    )
    order = {"operation": "getOrder", "values": {"id": "7"}}
    assert [asked(book, path="/v1/orders/7", **order) for _ in range(2)] == ["one/1", "one/2"]
    assert asked(book, path="/v1/orders/8", **order) == "rules/1"
    assert asked(book, "getFile", "/v1/files/x", values={"name": "x"}) == "one/3"
    assert asked(book, "deleteOrder", "/v1/orders/8") is None
    assert asked(book, path="/v1/orders/7", scenario="two", **order) == "named"
    assert asked(book, path="/v1/orders/7", scenario="", **order) == "rules/1"
    assert [name for name, _ in book.rules("")] == ["one/1", "one/2", "one/3", "rules/1"]


def test_one_off_rules_come_first_and_belong_to_their_session(tmp_path):
    book = rule_book(tmp_path, "rules: [{operation: listOrders, delay: 1}]")
    rule = {"operation": "listOrders", "respond": {"status": 503}, "times": 1}
    book.put("tests", "a", rule)
    book.put("tests", "b", rule)
    assert [asked(book, session="tests") for _ in range(3)] == ["b", "a", "rules/1"]
    assert asked(book) == "rules/1"
    book.put("tests", "a", rule)  # which counts from the beginning
    assert asked(book, session="tests") == "a"
    assert [name for name, _ in book.rules("tests")] == ["a", "b", "rules/1"]
    assert dict(book.rules("tests"))["b"] == {**rule, "id": "b"}
    assert (book.remove("tests", "a"), book.remove("tests", "a"), book.remove("", "b")) == (
        True,
        False,
        False,
    )
    assert not book.remove("tests", "rules/1")
    book.reset("tests")
    assert [name for name, _ in book.rules("tests")] == ["rules/1"]


def test_each_session_has_its_scenario(tmp_path):
    text = "scenario: one\nscenarios: {one: [{delay: 1, times: 1}], two: [{delay: 1}], none: []}"
    book = rule_book(tmp_path, text)
    assert book.scenarios == ("one", "two", "none")
    book.use("b", "two")
    book.use("c", "")
    assert [book.scenario(name) for name in ("", "a", "b", "c")] == ["one", "one", "two", ""]
    assert [asked(book, session=name) for name in ("a", "b", "c")] == ["one/1", "two/1", None]
    assert asked(book, session="a") is None
    book.use("a", "one")
    assert asked(book, session="a") == "one/1"
    with pytest.raises(DataError, match="unknown scenario 'three'"):
        book.use("a", "three")
    book.reset("b")
    assert book.scenario("b") == "one"


def test_a_scenario_counts_from_the_beginning_and_one_off_rules_go_on(tmp_path):
    """Also if it is the same scenario as before."""
    book = rule_book(tmp_path, "scenario: one\nscenarios: {one: [{delay: 1, times: 1}]}")
    book.put("", "mine", {"operation": "listOrders", "delay": 1, "times": 1})
    assert [asked(book) for _ in range(3)] == ["mine", "one/1", None]
    for restart in (lambda: book.use("", "one"), lambda: book.reset("", ["scenario"])):
        restart()
        assert [asked(book) for _ in range(2)] == ["one/1", None]
    book.use("", "")
    book.reset("", ["rules"])
    assert (book.rules(""), asked(book)) == ([], None)
    book.reset("")
    assert (book.scenario(""), asked(book)) == ("one", "one/1")


def test_operations_without_rules_cost_one_look_up(tmp_path):
    book = rule_book(tmp_path, "scenarios: {one: [{operation: getOrder, delay: 1}]}")
    assert book.concerns("GET /v1/orders/{id}")
    assert not book.concerns("GET /v1/orders")
    book.put("s", "x", {"operation": "listOrders", "delay": 1})
    assert book.concerns("GET /v1/orders")
    book.remove("s", "x")
    assert not book.concerns("GET /v1/orders")


def test_delays_follow_their_distribution_and_the_bound(tmp_path):
    def delays(delay, count=400, **more):
        book = rule_book(tmp_path, f"rules: [{{operation: listOrders, delay: {delay}}}]", **more)
        request = Request("/v1/orders", {}, "", {}, b"")
        return [book.decide(BY_ID["listOrders"], request, "").delay_s for _ in range(count)]

    assert set(delays("{fixed: 300}")) == set(delays("300")) == {0.3}
    uniform = delays("{uniform: [200, 800]}")
    assert uniform == delays("{uniform: [200, 800]}")
    assert 0.2 <= min(uniform) < 0.25
    assert 0.75 < max(uniform) <= 0.8
    lognormal = sorted(delays("{lognormal: {median: 100, sigma: 1}}"))
    assert 0.08 < lognormal[200] < 0.12
    assert lognormal[-1] > 0.5
    assert max(delays("{lognormal: {median: 900, sigma: 9}}", max_delay_s=1.5)) == 1.5


def test_sequences_stay_at_their_end_or_start_again(tmp_path):
    for cycle, expected in (("", [503, 429, 200, 200, 200]), ("cycle: true, ", [503, 429, 200, 503, 429])):
        steps = "[{status: 503}, {status: 429}, {status: 200}]"
        text = f"rules: [{{operation: listOrders, respond: {{{cycle}sequence: {steps}}}}}]"
        book = rule_book(tmp_path, text)
        request = Request("/v1/orders", {}, "", {}, b"")
        found = [book.decide(BY_ID["listOrders"], request, "").reply.status for _ in range(5)]
        assert found == expected


def test_a_condition_that_takes_too_many_steps_is_reported(tmp_path):
    nested = (
        "request.body.items.all(a, request.body.items . all(b, request.body.items.all(c, a + b + c != '')))"
    )
    rule = f'{{operation: createOrder, id: costly, delay: 1, when: "{nested}"}}'
    book = rule_book(tmp_path, f"rules: [{rule}]")
    headers = {"content-type": "application/json"}
    assert asked(book, "createOrder", headers=headers, body=b'{"items":["a"]}') == "costly"
    large = b'{"items":[' + b",".join([b'"a"'] * 500) + b"]}"
    request = Request("/v1/orders", {}, "", headers, large)
    decision = book.decide(BY_ID["createOrder"], request, "")
    assert decision.rule == "costly"
    assert "takes more than 250,000 steps" in decision.failure


def test_the_conditions_of_all_rules_share_the_steps_of_a_request(tmp_path):
    rules = ", ".join(
        f"{{operation: createOrder, delay: 1, when: \"request.body.items.all(a, a == '{n}')\"}}"
        for n in range(90)
    )
    book = rule_book(tmp_path, f"rules: [{rules}]")
    headers = {"content-type": "application/json"}
    body = b'{"items":[' + b",".join([b'"a"'] * 400) + b"]}"
    assert (
        "250,000 steps"
        in book.decide(BY_ID["createOrder"], Request("/v1/orders", {}, "", headers, body), "").failure
    )
    few = body.replace(b'"a",', b"", 399)
    assert book.decide(BY_ID["createOrder"], Request("/v1/orders", {}, "", headers, few), "") is None


def test_a_file_that_is_read_again_keeps_what_still_exists(tmp_path, caplog):
    book = rule_book(tmp_path, "scenarios: {one: [], two: []}")
    book.use("a", "one")
    book.use("b", "two")
    book.put("a", "mine", {"operation": "listOrders", "delay": 1})
    (tmp_path / "mock.yaml").write_text("scenarios: {two: [], three: []}")
    book.replace(load_rules(tmp_path / "mock.yaml", [orders()]))
    assert (book.scenario("a"), book.scenario("b")) == ("", "two")
    assert asked(book, session="a") == "mine"
    assert "'one'" in caplog.text


def test_what_was_counted_for_a_rule_outlives_a_reload_that_does_not_change_it(tmp_path):
    spent = ["{operation: listOrders, id: a, delay: 1, times: 1}", "{tag: orders, id: b, delay: 1, times: 1}"]
    book = rule_book(tmp_path, f"scenario: s\nscenarios: {{s: [{spent[0]}], t: []}}\nrules: [{spent[1]}]")
    book.put("", "mine", {"operation": "listOrders", "delay": 1, "times": 1})
    assert [asked(book) for _ in range(4)] == ["mine", "a", "b", None]

    def replace(text):
        (tmp_path / "mock.yaml").write_text(text)
        book.replace(load_rules(tmp_path / "mock.yaml", [orders()]))
        return asked(book)

    new = "{operation: getOrder, delay: 1}"
    assert replace(f"scenario: s\nscenarios: {{s: [{new}, {spent[0]}]}}\nrules: [{spent[1]}, {new}]") is None
    changed = spent[1].replace("delay: 1", "delay: 2")
    assert replace(f"scenario: s\nscenarios: {{s: [{spent[0]}]}}\nrules: [{changed}]") == "b"
    assert replace("rules: []") is None
    assert replace(f"scenario: s\nscenarios: {{s: [{spent[0]}]}}") == "a"


def test_a_replacement_that_is_too_large_leaves_the_rule_as_it_was(tmp_path, monkeypatch):
    book = rule_book(tmp_path, "scenarios: {}")
    book.put("s", "mine", {"operation": "listOrders", "delay": 1})
    monkeypatch.setattr("signoff.mock.rules.book._MAX_BYTES", 16_000)
    with pytest.raises(DataError, match="of memory"):
        book.put("s", "mine", {"operation": "listOrders", "respond": {"body": "x" * 4000}, "invalid": True})
    assert asked(book, session="s") == "mine"
    book.put("s", "mine", {"operation": "listOrders", "delay": 2})
    assert book.rules("s")[0][1]["delay"] == 2


def test_compiled_rules_take_bounded_memory(tmp_path, monkeypatch, caplog):
    """A compiled expression takes many times its text: a session that nobody uses makes room."""
    book = rule_book(tmp_path, "scenarios: {}")
    when = " && ".join(["request.valid"] * 100)
    monkeypatch.setattr("signoff.mock.rules.book._MAX_BYTES", 2_000_000)
    for number in range(12):
        book.put(f"s{number}", "mine", {"operation": "createOrder", "when": when, "delay": number})
        book.put(f"s{number}", "mine", {"operation": "createOrder", "when": when, "delay": number})
    kept = [number for number in range(12) if book.rules(f"s{number}")]
    assert kept == list(range(5, 12))
    assert "the rules and the scenario of 's0' are forgotten" in caplog.text
    for number in kept:
        book.reset(f"s{number}")
    assert not book.concerns("POST /v1/orders")
    one = book.file.one_off("a", {"delay": 1})
    assert one.targets is book.file.one_off("b", {"delay": 2}).targets  # of thousands of operations


def test_a_step_of_a_sequence_takes_no_copy_of_what_all_share(tmp_path):
    book = rule_book(tmp_path, "scenarios: {}")
    respond = {"status": 429, "headers": {f"X-{n}": "${request.path}" for n in range(100)}}

    def size(steps):
        rule = {"operation": "createOrder", "respond": {**respond, "sequence": [{}] * steps}}
        return book.file.one_off("a", rule).size

    assert size(1000) < 2 * size(100)


def test_a_rule_is_added_in_the_same_number_of_steps_however_many_there_are(tmp_path):
    book = rule_book(tmp_path, "scenarios: {}")

    def steps(rule_id):
        rule, found = book.file.one_off(rule_id, {"operation": "listOrders", "delay": 1}), Counter()

        def trace(_frame, event, _argument):
            found[event] += 1
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            book.add("s", rule)
        finally:
            sys.settrace(before)
        return found.total()

    steps("first")  # which imports and caches
    few = steps("second")
    for number in range(300):
        book.put("s" if number < 200 else f"s{number}", str(number), {"operation": "listOrders", "delay": 1})
    assert steps("last") == few


def test_rules_and_sessions_are_bounded_and_say_so(tmp_path, caplog):
    book = rule_book(tmp_path, "scenarios: {one: []}")
    for number in range(MAX_RULES):
        book.put("s", str(number), {"delay": 1})
    with pytest.raises(DataError, match="can have 1000 one-off rules"):
        book.put("s", "more", {"delay": 1})
    assert len(book.rules("s")) == MAX_RULES
    book.use("first", "one")
    for number in range(MAX_SESSIONS):
        book.use(f"n{number}", "")
    assert book.scenario("first") == ""
    assert "'first' are forgotten" in caplog.text
    book.put("used", "r", {"operation": "listOrders", "delay": 1})
    for number in range(MAX_SESSIONS + 5):
        book.use(f"m{number}", "one")
        if number % 5000 == 0:  # a request is a use
            assert asked(book, session="used") == "r"
    assert [rule for rule, _ in book.rules("used")] == ["r"]
