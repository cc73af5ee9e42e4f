"""`python -m examples.report_server --port 4020`."""

from __future__ import annotations

import argparse

import uvicorn

from examples.report_server.app import create_app


def main() -> None:
    parser = argparse.ArgumentParser(prog="report_server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4020)
    options = parser.parse_args()
    uvicorn.run(create_app(), host=options.host, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
