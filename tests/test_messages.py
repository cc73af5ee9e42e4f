"""`tests/messages.txt` holds every text that a user of the kit can read, so that a diff shows what they will read.

`python -m tests.test_messages` rewrites it. Each package file has a section with its texts in source order, one a
line; `{name}` is a value that is filled in. Ids of rules and checks are in square brackets.
"""

import ast
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
GOLDEN = ROOT / "tests" / "messages.txt"
# Docstrings of these packages' `__all__` are the reference of the Python API.
PUBLIC = ("signoff", "signoff/mock", "signoff/conformance", "signoff/review")
PATTERN = re.compile(r"\\[bsSdwWx.\[(]|\(\?[:=!]|\[\^|\]\+|\^\[")
WORD = re.compile(r"[(\[\"'`“#*]*[A-Za-z][a-z’']+[.,;:!?)\]\"'`”*]*")
# Arguments of these calls are compared with or parsed; they are never shown.
SILENT = {"compile", "cast", "TypeVar", "startswith", "endswith", "removeprefix", "removesuffix", "split"}
SILENT |= {"replace", "partition", "rpartition", "strip", "search", "match", "fullmatch", "sub", "findall"}
# Single words are shown when they are passed as one of these keywords, or to one of these functions.
SHOWN_KEYWORDS = {"help", "title", "label", "heading", "summary", "message", "detail", "hint", "suggestion"}
SHOWN_CALLS = {"section", "echo", "heading", "secho", "style"}


def reads(text):
    """Whether a text is made of words: two tokens or more, one of them a plain word."""
    tokens = text.split()
    return len(tokens) > 1 and not PATTERN.search(text) and any(WORD.fullmatch(token) for token in tokens)


def lines_of(text):
    """A line for each paragraph; each line on its own where `\\b` asks click to keep the lines."""
    for paragraph in re.split(r"\n\s*\n", text):
        kept = paragraph.split("\n") if "\b" in paragraph else [paragraph]
        yield from filter(None, (" ".join(line.replace("\b", "").split()) for line in kept))


def name_of(node):
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Constant()), args=[inner, *_]):  # ", ".join(names)
            return name_of(inner)
        case ast.Call(func=ast.Name(), args=[inner, *_]):  # repr(name), len(names)
            return name_of(inner)
        case ast.Call(func=inner) | ast.Subscript(value=inner) | ast.Starred(value=inner):
            return name_of(inner)
        case ast.BoolOp(values=[inner, *_]) | ast.BinOp(left=inner) | ast.GeneratorExp(elt=inner):
            return name_of(inner)
    return "…"


def rendered(node):
    """The text that an expression stands for; None where it is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(rendered(part) or f"{{{name_of(part.value)}}}" for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            texts = rendered(left), rendered(right)
            if texts != (None, None):
                return "".join(
                    t if t is not None else f"{{{name_of(n)}}}"
                    for t, n in zip(texts, (left, right), strict=True)
                )
    return None


class Texts(ast.NodeVisitor):
    """Gathers the texts of one module with their places."""

    def __init__(self, public):
        self.found, self.public = [], public

    def visit(self, node, shown=False):
        text = rendered(node)
        if text is not None and (reads(text) or (shown and len(text) > 2 and text.isalpha())):
            self.found += [(node.lineno, node.col_offset, line) for line in lines_of(text)]
            for inner in ast.walk(node):  # texts inside of placeholders
                if isinstance(inner, ast.FormattedValue):
                    self.visit(inner.value)
        elif not isinstance(node, ast.Constant):
            super().visit(node)

    def visit_definition(self, node):
        marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
        registered = [mark for mark in marks if {"rationale", "source"} & {k.arg for k in mark.keywords}]
        for mark in registered:
            name = rendered(mark.args[0]) if mark.args else node.name.replace("_", "-")
            self.found.append((mark.lineno, -1, f"[{name}]"))
        is_command = any(name_of(mark.func) in ("command", "group") for mark in marks)
        if registered or is_command or node.name in self.public:
            text = ast.get_docstring(node, clean=True) or ""
            self.found += [(node.body[0].lineno, 0, line) for line in lines_of(text)]
        for child in [*node.decorator_list, *node.body]:
            self.visit(child)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = visit_definition

    def visit_Expr(self, node):
        if not isinstance(node.value, ast.Constant):  # else a docstring
            self.visit(node.value)

    def visit_AnnAssign(self, node):
        if node.value:
            self.visit(node.value)

    def visit_Compare(self, node):
        for side in (node.left, *node.comparators):
            if rendered(side) is None:
                self.visit(side)

    def visit_Call(self, node):
        self.visit(node.func)
        if name_of(node.func) not in SILENT:
            for argument in node.args:
                self.visit(argument, shown=name_of(node.func) in SHOWN_CALLS)
            for keyword in node.keywords:
                self.visit(keyword.value, shown=keyword.arg in SHOWN_KEYWORDS)


def of_python(file):
    tree, public = ast.parse(file.read_text()), set()
    for package in PUBLIC:
        public |= set(re.findall(r'"(\w+)"', (ROOT / package / "__init__.py").read_text().partition("__all__ =")[2]))
    texts = Texts(public)
    texts.visit(tree)
    return [text for *_, text in sorted(texts.found, key=lambda found: found[:2])]


def of_page(file):
    text = re.sub(r"\{#.*?#\}|<(script|style)\b.*?</\1>", "", file.read_text(), flags=re.DOTALL)
    text = re.sub(r"\{%-? *(?:else|elif|endif|for|endfor)\b.*?%\}", "<br>", text)
    text = re.sub(r"\{%.*?%\}|</?(?:a|b|i|code|em|strong|span)\b[^>{]*>", "", text, flags=re.DOTALL)
    text = re.sub(r"\{\{-? *(?:\w+\.)*(\w+).*?\}\}", r"{\1}", text)
    shown = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]+)"|([^<>]+)(?=<|$)', text)
    return [line for pair in shown for line in lines_of("".join(pair)) if re.search(r"[A-Za-z]{3}", re.sub(r"\{\w+\}", "", line))]


def of_script(file):
    code = re.sub(r"^\s*//.*$", "", file.read_text(), flags=re.MULTILINE)
    found = ("".join(groups) for groups in re.findall(r'"([^"\n]+)"|`([^`\n]+)`', code))
    return [re.sub(r"\$\{[^}]*?(\w+)\W*\}", r"{\1}", text) for text in found if reads(text) and text != "use strict"]


def of_data(value, keys=None):
    """The texts of a YAML or JSON file; of the values of some keys only, in a schema."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            yield from of_data(inner, keys)
        elif isinstance(inner, str) and (key in keys if keys else reads(inner)):
            yield from lines_of(re.sub(r"\$(\w+)", r"{\1}", inner))


def of_template(file):
    """The comments, names and descriptions of a file that `signoff init` writes."""
    line = r'^\s*(?:"""|(?:# *)+|(?:- )?(?:summary|description|title|name): )?([A-Z`][^=\n]*)$'
    return [text.rstrip('"') for text in re.findall(line, file.read_text(), re.MULTILINE) if reads(text)]


def texts_of(file):
    match file.suffixes:
        case [".py"]:
            return of_python(file)
        case [".jinja"]:
            return of_page(file)
        case [".js"]:
            return of_script(file)
        case [".schema", _]:
            return of_data(yaml.safe_load(file.read_text()), ("title", "description"))
        case _ if file.parent.name == "templates":
            return of_template(file)
        case [".yaml"]:
            return of_data(yaml.safe_load(file.read_text()))
    return []


def catalogue():
    sections = []
    for file in sorted((ROOT / "signoff").rglob("*.*")):
        if "__pycache__" not in file.parts and (texts := list(dict.fromkeys(texts_of(file)))):
            sections.append("\n".join([f"## {file.relative_to(ROOT).as_posix()}", *texts, ""]))
    return "\n".join(sections)


def test_the_catalogue_of_messages_is_up_to_date():
    assert GOLDEN.read_text() == catalogue(), "Rewrite it with `python -m tests.test_messages`; read its diff."


if __name__ == "__main__":
    GOLDEN.write_text(catalogue())
