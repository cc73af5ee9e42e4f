"""What was asked, and what is taken or refused."""

from __future__ import annotations

import re

from tests.faults.catalogue.entry import fault
from tests.faults.edits import (
    KNOWN,
    answers,
    asked_format,
    asks,
    members,
    problem,
)

fault("always-csv", "the format asked for is ignored", "export-format-as-asked")(
    asks(lambda r: asked_format(r) == "json", body=lambda _: b"{}")
)
fault("json-by-default", "json is the default format", "export-format-as-asked")(
    asks(lambda r: r.is_export and r.asked == {}, body=lambda _: b'{"format": "json"}')
)
fault("misnamed-format", "the content is as asked, but `format` names the other", "export-format-as-asked")(
    members(200, format=lambda old: "csv" if old == "json" else "json")
)
fault("asks-for-credentials", "a 401 comes without a challenge", "unauthorized-challenge")(
    answers(lambda r: r.report_id.endswith("0404"), 401, problem(401))
)
fault("takes-any-format", "an unknown format is taken", "request-rejected")(
    asks(lambda r: asked_format(r) not in (None, "csv", "json"), body=lambda _: b"{}")
)
fault("takes-broken-json", "a broken body is taken", "request-rejected")(
    asks(lambda r: r.is_export and r.body and r.asked is None, body=lambda _: b"{}")
)
fault("takes-lists", "a body that is not an object is accepted", "request-rejected")(
    asks(lambda r: r.is_export and isinstance(r.asked, list), body=lambda _: b"{}")
)
fault("takes-bare-ids", "an id without hyphens is taken", "request-rejected")(
    asks(
        lambda r: re.fullmatch(r"[0-9a-f]{32}", r.report_id),
        path=lambda r: r.path.replace(r.report_id, KNOWN),
    )
)
fault("takes-text", "a body that is said to be text is taken", "unsupported-media-415")(
    asks(
        lambda r: (b"content-type", b"text/plain") in r.fields,
        fields=lambda _: [(b"content-type", b"application/json")],
    )
)
fault("needs-a-format", "a body without a format is refused", "request-accepted")(
    answers(lambda r: r.is_export and r.asked == {}, 422, problem(422))
)
fault("refuses-json-format", "format json is refused", "request-accepted")(
    answers(lambda r: r.is_export and asked_format(r) == "json", 400, problem(400))
)
fault("refuses-charset", "a charset beside the media type is refused", "request-accepted")(
    answers(lambda r: any(b"charset" in value for _, value in r.fields), 415, problem(415))
)
