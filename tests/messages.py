"""Extracts every text of the kit that a user can read, file by file."""

import ast
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
# What the `__all__` of these packages names is the Python API, whose docstrings users read.
PUBLIC = {
    name
    for package in ("signoff", "signoff/mock", "signoff/conformance", "signoff/review")
    for name in re.findall(r'"(\w+)"', (ROOT / package / "__init__.py").read_text().partition("__all__ =")[2])
}
GENERATED_WORDS = {ROOT / "signoff/generate/names.py", ROOT / "signoff/generate/agreement.py"}
# Regular expressions, types, policies.
NO_PROSE = re.compile(r"\\[bsSdwWx.\[(]|\(\?[:=!]|\[\^|\]\+|\^\[|^\w[^|]*\w \| |^[\w.]+\[\w|-src ")
WORD = re.compile(r"[(\[\"'`“]*[A-Za-z][a-z']+[.,;:!?)\]\"'`”]*")
# Arguments of these functions are searched for, not shown.
SILENT = re.compile(r"cast|TypeVar|compile|search|.*match|findall|sub|.+with|replace|r?split|strip|remove.+")
# Single words are texts where they are given to one of these parameters or functions.
SHOWN = {"help", "title", "label", "heading", "summary", "message", "detail", "suggestion", "section", "echo"}


def is_prose(text):
    tokens = text.split()
    return len(tokens) > 1 and not NO_PROSE.search(text) and any(WORD.fullmatch(token) for token in tokens)


def lines_of(text):
    """A line for each paragraph, or for each of its lines where click's mark keeps them."""
    for paragraph in re.split(r"\n\s*\n", text):
        kept = paragraph.split("\n") if "\b" in paragraph else [paragraph]
        yield from filter(None, (" ".join(line.replace("\b", "").split()) for line in kept))


def name_of(node):
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.IfExp(body=ast.Constant(value=str(one)), orelse=ast.Constant(value=str(other))):
            return f"{one}|{other}"
        case ast.Call(func=ast.Name() | ast.Attribute(value=ast.Constant()), args=[inner, *_]):
            return name_of(inner)  # repr(name), ", ".join(names)
        case ast.Call(func=inner) | ast.Subscript(value=inner) | ast.GeneratorExp(elt=inner):
            return name_of(inner)
        case ast.BoolOp(values=[inner, *_]) | ast.BinOp(left=inner) | ast.IfExp(body=inner):
            return name_of(inner)
    return "…"


def rendered(node):
    """The text that an expression makes; None where it makes none."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(rendered(part) or f"{{{name_of(part.value)}}}" for part in parts)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            texts = [(rendered(side), name_of(side)) for side in (left, right)]
            if any(text is not None for text, _ in texts):
                return "".join(f"{{{name}}}" if text is None else text for text, name in texts)
    return None


def texts_in(node, *, is_shown=False):
    """The texts in a part of a module, each with its line and column."""
    text = rendered(node)
    if text is not None and (is_prose(text) or (is_shown and len(text) > 2 and text.isalpha())):
        yield from ((node.lineno, node.col_offset, line) for line in lines_of(text))
        values = [part.value for part in ast.walk(node) if isinstance(part, ast.FormattedValue)]
        children = [value for value in values if "|" not in name_of(value)]
    else:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield from of_definition(node)
                children = [*node.decorator_list, *node.body]
            case ast.Constant() | ast.Expr(value=ast.Constant()):  # the latter is a docstring
                children = []
            case ast.AnnAssign(value=value):
                children = [value] if value else []
            case ast.Compare(left=left, comparators=others):
                children = [side for side in (left, *others) if rendered(side) is None]
            case ast.Call(func=function, args=args, keywords=keywords):
                given = [(name_of(function), arg) for arg in args] + [(k.arg, k.value) for k in keywords]
                given = [] if SILENT.fullmatch(name_of(function)) else given
                for name, value in given:
                    yield from texts_in(value, is_shown=name in SHOWN)
                children = [function]
            case _:
                children = ast.iter_child_nodes(node)
    for child in children:
        yield from texts_in(child)


def of_definition(node):
    """The id of a rule or check; the docstring of one, of a command or of a public name."""
    marks = [mark for mark in node.decorator_list if isinstance(mark, ast.Call)]
    rules = [mark for mark in marks if {"rationale", "source"} & {given.arg for given in mark.keywords}]
    for mark in rules:
        yield mark.lineno, -1, f"[{rendered(mark.args[0]) if mark.args else node.name.replace('_', '-')}]"
    if rules or node.name in PUBLIC or {"command", "group"} & {*map(name_of, node.decorator_list)}:
        yield from ((node.body[0].lineno, 0, line) for line in lines_of(ast.get_docstring(node) or ""))


def placeholder(expression):
    words = re.search(r'"(\w+)" if .* else "(\w+)"', expression[1])
    names = re.findall(r"\w+", re.split(r"[(|]", re.sub(r'".*?"', "", expression[1]))[0]) or ["…"]
    return f"{{{words[1]}|{words[2]}}}" if words else f"{{{names[-1]}}}"


def of_page(text):
    text = re.sub(r"\{\{([\s\S]*?)\}\}", placeholder, re.sub(r"\{#[\s\S]*?#\}", "", text))
    text = re.sub(r"<[^<>]*>", lambda tag: re.sub(r"\{%.*?%\}", "", tag[0]), text)
    text = re.sub(r"\{%-? *(?:else|elif|endif|for|endfor)\b.*?%\}", "<br>", text)
    text = re.sub(r"\{%[\s\S]*?%\}|</?(?:a|b|i|code|em|strong|span)\b[^>]*>", "", text)
    found = re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]+)"|([^<>]+)(?=<|$)', text)
    lines = (line for pair in found for line in lines_of("".join(pair)))
    return (line for line in lines if re.search(r"\w{3}", re.sub(r"\{[^|]+?\}", "", line)))


def of_data(value, keys):
    """The texts of a YAML or JSON value; where `keys` are given, those under them."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, dict | list):
            yield from of_data(inner, keys)
        elif isinstance(inner, str) and (key in keys if keys else is_prose(inner)):
            yield from lines_of(re.sub(r"\$(\w+)", r"{\1}", inner))


def texts_of(file):
    text = "" if file in GENERATED_WORDS else file.read_text()
    match file.suffixes:
        case [".py"]:
            return [line for *_, line in sorted(texts_in(ast.parse(text)), key=lambda found: found[:2])]
        case [".jinja"]:
            return of_page(text)
        case [".js"]:
            strings = re.findall(r'^ *//.*|"([^"\n]+)"|`([^`\n]+)`', text, re.MULTILINE)
            return filter(is_prose, ("".join(string) for string in strings if string[0] != "use strict"))
        case _ if file.parent.name == "templates":
            line = r'^\s*(?:"""|(?:# *)+|(?:- )?(?:summary|description|title|name): )?([A-Z`][^=\n]*?)"*$'
            return filter(is_prose, re.findall(line, text, re.MULTILINE))
        case [*_, ".yaml" | ".json"]:
            return of_data(
                yaml.safe_load(text), ("title", "description") if ".schema" in file.suffixes else ()
            )
    return []
