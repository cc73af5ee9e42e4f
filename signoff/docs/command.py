"""The command `signoff docs`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from signoff.command_line import (
    document_argument,
    limit_options,
    project_in_use,
    remote_refs_option,
    the_document,
)
from signoff.contract import source as sources
from signoff.contract.limits import PARTS, VALIDATION
from signoff.docs import page, reference
from signoff.docs.reference import annotated, by_operation
from signoff.printing import echo, echo_report
from signoff.reporting.request import STANDARD_OUTPUT, check_writable, write
from signoff.review import configuration as configurations
from signoff.review import subject as subjects
from signoff.review.inspection import review_document
from signoff.review.user_rules import rules_option, user_rules

if TYPE_CHECKING:
    from signoff.contract.limits import Limits
    from signoff.reporting.model import Finding


@click.command
@document_argument
@click.option(
    "-o", "--output", metavar="FILE", help="Output file; - is standard output. Default: api.html or api.md."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "markdown"]),
    help="Output format. Default: by FILE's extension, else html.",
)
@click.option(
    "--findings",
    is_flag=True,
    help="Include the findings of `signoff review` next to the affected operations.",
)
@rules_option
@remote_refs_option
@limit_options(PARTS, VALIDATION)
def docs(
    document: str | None,
    *,
    output: str | None,
    form: str | None,
    findings: bool,
    rules: str | None,
    allow_remote_refs: bool,
    limits: Limits,
) -> None:
    """Generate API reference docs for DOCUMENT: one HTML page that works offline, or Markdown.

    \b
      signoff docs openapi.yaml -o api.html
      signoff docs openapi.yaml -o api.md --findings
    """
    if output is None:
        output = "api.md" if form == "markdown" else "api.html"
        echo(f"Writing to {output}.", err=True)
    if output != STANDARD_OUTPUT:
        check_writable(Path(output))
    source = sources.read(the_document(document))
    subject = subjects.read(source, allow_remote_refs=allow_remote_refs, limits=limits)
    found: tuple[Finding, ...] = ()
    if findings:
        click.get_current_context().with_resource(user_rules(rules))
        configuration = configurations.of(project_in_use())
        found = review_document(
            source, configuration, allow_remote_refs=allow_remote_refs, limits=limits
        ).findings
    if form == "markdown" or (not form and Path(output).suffix.lower() in (".md", ".markdown")):
        text = reference.render(subject.contract, by_operation(subject, found))
    else:
        shown = annotated(subject, found) if found else subject.document
        text = page.render(shown, subject.contract)
    if output == STANDARD_OUTPUT:
        echo_report(text)
    else:
        write(text, output)
