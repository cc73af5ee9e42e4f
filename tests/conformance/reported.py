"""Runs to report on: against a server that answers with whatever could do harm, and with what it was sent."""

from dataclasses import replace

import signoff
from signoff.conformance import Options, TargetData, run
from signoff.conformance.report import report_of
from tests.conftest import running

SCRIPT = "<script>document.title = 'hacked'</script>"
NASTY = (
    f"\x1b[31mred\x1b[0m {SCRIPT}<img src=x onerror=alert(1)>\"'></pre></details></code></summary> ]]>\n"
    "| a | b |\n# heading\n::error::x\n```\n[link](javascript:alert(1)) {{ 7 * 7 }} @everyone \u202egpj.exe\n"
)
DOCUMENT = """\
openapi: 3.1.0
info: {title: "%(script)s", version: "1"}
servers: [{url: /api}]
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Our-Door}
paths:
  /things|and<b>more</b>:
    get:
      operationId: "list|%(script)s"
      summary: "%(script)s"
      responses:
        "200":
          description: "all | %(script)s"
          content:
            application/json: # %(script)s
              schema: {type: object, required: [name]}
    post:
      operationId: add
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {"204": {description: Done}}
"""


async def hostile(scope, receive, send):
    """Answers 200 with a body that breaks its schema; body and fields echo every field of the request."""
    if scope["type"] != "http":
        return
    echoed = b"\n".join(name + b": " + value for name, value in scope["headers"])
    fields = [(b"content-type", b"application/json"), (b"x-nasty", SCRIPT.encode())]
    fields += [(b"x-echo-" + name, value) for name, value in scope["headers"] if name != b"host"]
    fields += [(b"set-cookie", b"session=server-made-session-id; HttpOnly")]
    body = f'{{"access_token": "issued-by-the-server", "no": "{NASTY}"}}\n'.encode() + echoed
    await send({"type": "http.response.start", "status": 200, "headers": fields})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def hostile_contract(folder, prefix=""):
    path = folder / "nasty.yaml"
    path.write_text(prefix + DOCUMENT % {"script": SCRIPT.replace('"', '\\"')})
    return signoff.load(path)


def hostile_verdict(contract, headers=None, data=None):
    with running(hostile) as origin:
        return run(
            f"{origin}/api", contract, data or TargetData(), Options(no_fuzzing=True, headers=headers or {})
        )


def hostile_report(folder, prefix="", headers=None, data=None):
    return report_of(hostile_verdict(hostile_contract(folder, prefix), headers, data))


def partial(verdict):
    return replace(verdict, errors=("fuzzing stopped: the target went away",))
