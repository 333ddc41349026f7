"""The house rules that a machine can see: nothing grows until nobody can read it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [
    path
    for folder in ("desktop", "migrations", "packaging", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
MOST_LINES, MOST_METHODS, MOST_FUNCTION_LINES = 500, 30, 80


def names(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=names)
def test_a_file_can_be_read_in_one_sitting(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= MOST_LINES
    if "migrations" not in path.parts:  # a migration is a list of steps
        assert list(_fat(ast.parse(text))) == []


@pytest.mark.parametrize("path", sorted((ROOT / "desktop").rglob("*.py")), ids=names)
def test_a_painter_is_ended_even_where_the_painting_fails(path: Path) -> None:
    # one that lives on in a traceback spoils every later paint, and the process at its end
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    ended = {id(item.context_expr) for node in nodes for item in getattr(node, "items", ())}
    calls = [node for node in nodes if isinstance(node, ast.Call) and id(node) not in ended]
    made = [call.lineno for call in calls if getattr(call.func, "id", "") == "QPainter"]
    assert made == [], "use `with QPainter(…) as painter:`"


def _fat(tree: ast.AST) -> Iterator[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(part, functions) for part in node.body)
            if methods > MOST_METHODS:
                yield f"{node.name}: {methods} methods"
        elif isinstance(node, functions):
            lines = (node.end_lineno or node.lineno) - node.lineno
            if lines > MOST_FUNCTION_LINES:
                yield f"{node.name}: {lines} lines"
