"""The translations: gathering the words, checking the catalogues, compiling them.

    python packaging/translations.py extract             the words of the program, as JSON
    python packaging/translations.py update              bring every catalogue up to the program
    python packaging/translations.py check               complete, nothing stale, placeholders equal
    python packaging/translations.py compile             .po to .mo, where the .mo is out of date
    python packaging/translations.py missing zh_CN       what is not translated yet, as JSON
    python packaging/translations.py fill zh_CN FILE     take translations from such a JSON file

In JSON a message is `"English": "译文"`; one with a context has the key `"context\\u0004English"`;
one with a plural is `"one thing": ["{n} things"]` when missing and `"one thing": ["译文"]` when
translated.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import io
import json
import os
import string
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

DOMAIN = "ecofolio"
LANGUAGES = ("zh_CN", "zh_TW")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
CONTEXT = "\u0004"
ROOT = Path(__file__).resolve().parent.parent

# A catalogue changes only when its words do: it carries no time of making.
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def catalogue_path(root: Path, language: str) -> Path:
    """Where a language's catalogue is kept."""
    return root / "resources" / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def extract(root: Path) -> Catalog:
    """Every message of the program, in no language."""
    template = _empty(None)
    found = extract_from_dir(
        str(root / "desktop"),
        method_map=[("**.py", "python")],
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for _file, _line, message, comments, context in found:
        template.add(message, auto_comments=comments, context=context)
    return template


def load(root: Path, language: str) -> Catalog:
    """A language's catalogue as it is on disk; an empty one where there is none."""
    path = catalogue_path(root, language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)


def save(root: Path, language: str, catalogue: Catalog) -> None:
    """Write a catalogue, sorted, so that two people's words seldom meet in one line."""
    catalogue.creation_date = catalogue.revision_date = _EPOCH
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, no_location=True, sort_output=True, ignore_obsolete=True)
    lines = buffer.getvalue().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(b'"Generated-By:')]
    _replace(catalogue_path(root, language), b"".join(kept))


def updated(root: Path, language: str, template: Catalog | None = None) -> Catalog:
    """A language's catalogue with the program's messages of today, none of yesterday's."""
    catalogue = load(root, language)
    catalogue.update(template or extract(root), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def compile_catalogues(root: Path) -> list[Path]:
    """Compile each catalogue whose compiled form is missing or older; returns those written."""
    written = []
    for source in sorted((root / "resources" / "locale").glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, domain=DOMAIN)
        buffer = io.BytesIO()
        write_mo(buffer, catalogue)
        _replace(target, buffer.getvalue())
        written.append(target)
    return written


def problems(root: Path, languages: Iterable[str] = LANGUAGES) -> list[str]:
    """Everything that keeps the translations from being complete and right, a line each."""
    template = extract(root)
    found = list(unreadable_words(root))
    for language in languages:
        found += (f"{language}: {line}" for line in _catalogue_problems(root, language, template))
    return found


def _catalogue_problems(root: Path, language: str, template: Catalog) -> Iterator[str]:
    catalogue = load(root, language)
    there = {key(message): message for message in _messages(catalogue)}
    wanted = {key(message): message for message in _messages(template)}
    for name in sorted(there.keys() - wanted.keys()):
        yield f"stale, the program no longer says it: {name!r}"
    for name, message in sorted(wanted.items()):
        translation = there.get(name)
        if translation is None or not all(_forms(translation.string)):
            yield f"not translated: {name!r}"
        elif translation.fuzzy:
            yield f"fuzzy, look at it again: {name!r}"
        elif ids(translation) != ids(message):
            yield f"another plural: {name!r}"
        else:
            yield from _form_problems(message, translation)


def _form_problems(message: Message, translation: Message) -> Iterator[str]:
    source = ids(message)[-1]
    for form in _forms(translation.string):
        try:
            same = placeholders(form) == placeholders(source)
        except ValueError:
            yield f"braces that do not close: {form!r}"
            continue
        if not same:
            yield f"unequal placeholders: {source!r} and {form!r}"
        if not (_parted(source[:1], form[:1]) and _parted(source[-1:], form[-1:])):
            yield f"unequal white space at an end: {source!r} and {form!r}"


def placeholders(text: str) -> set[str]:
    """The names in braces; raises ValueError where `str.format` would."""
    return {field for _text, field, _spec, _conversion in string.Formatter().parse(text) if field}


def unreadable_words(root: Path) -> Iterator[str]:
    """Calls whose message is put together at run time, which no catalogue can hold."""
    for path in sorted((root / "desktop").rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"), str(path))
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            built = (ast.JoinedStr, ast.BinOp)
            if node.func.id in KEYWORDS and any(isinstance(arg, built) for arg in node.args[:2]):
                where = f"{path.relative_to(root).as_posix()}:{node.lineno}"
                yield f"{where}: {node.func.id}() needs one plain string; fill it with .format"


def missing(root: Path, language: str) -> dict[str, str | list[str]]:
    """The messages without a translation, ready to be filled."""
    found: dict[str, str | list[str]] = {}
    for message in _messages(updated(root, language)):
        if message.fuzzy or not all(_forms(message.string)):
            english = ids(message)
            found[key(message)] = [english[1]] if len(english) == 2 else ""
    return found


def fill(root: Path, language: str, words: dict[str, str | list[str]]) -> list[str]:
    """Put translations into a language's catalogue; returns the keys that no message has.

    A message that is left empty, or in English as `missing` printed it, stays untranslated.
    """
    catalogue = updated(root, language)
    by_key = {key(message): message for message in _messages(catalogue)}
    for name, value in words.items():
        message = by_key.get(name)
        if message is None or not all(_forms(value)):
            continue
        english = ids(message)
        if len(english) == 2:
            forms = [value] if isinstance(value, str) else value
            if forms == [english[1]]:
                continue
            message.string = tuple(forms * catalogue.num_plurals)[: catalogue.num_plurals]
        else:
            message.string = value if isinstance(value, str) else value[0]
        message.flags.discard("fuzzy")
    save(root, language, catalogue)
    return sorted(words.keys() - by_key.keys())


def key(message: Message) -> str:
    """What a message is called in JSON."""
    return (f"{message.context}{CONTEXT}" if message.context else "") + ids(message)[0]


def ids(message: Message) -> tuple[str, ...]:
    """The English of a message: one string, or two where it has a plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _parted(source: str, form: str) -> bool:
    """Whether an end keeps its white space; full-width punctuation brings its own."""
    wide = unicodedata.east_asian_width(form or "x") in "FW"
    if source.isspace():
        return form.isspace() or (wide and unicodedata.category(form).startswith("P"))
    return not form.isspace()


def _forms(value: str | Iterable[str] | None) -> list[str]:
    return [value or ""] if value is None or isinstance(value, str) else (list(value) or [""])


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _empty(language: str | None) -> Catalog:
    catalogue = Catalog(
        locale=language,
        domain=DOMAIN,
        project="Ecofolio",
        copyright_holder="The Ecofolio authors",
        version="1",
        msgid_bugs_address="The Ecofolio authors",
        last_translator="The Ecofolio authors",
        language_team="The Ecofolio authors",
        fuzzy=False,
    )
    catalogue.header_comment = "# Ecofolio's words. Made by packaging/translations.py."
    catalogue.creation_date = catalogue.revision_date = _EPOCH
    return catalogue


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; several test workers may do it at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def main(arguments: list[str] | None = None) -> int:
    """The command line: 0 done, 1 something is missing or wrong."""
    parser = argparse.ArgumentParser(description="Ecofolio's translations")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("extract", "update", "check", "compile"):
        commands.add_parser(name)
    for name in ("missing", "fill"):
        command = commands.add_parser(name)
        command.add_argument("language", choices=LANGUAGES)
        if name == "fill":
            command.add_argument("file", type=Path)
    options = parser.parse_args(arguments)
    match options.command:
        case "extract":
            _print_json([key(message) for message in _messages(extract(ROOT))])
        case "update":
            template = extract(ROOT)
            for language in LANGUAGES:
                save(ROOT, language, updated(ROOT, language, template))
        case "compile":
            compile_catalogues(ROOT)
        case "missing":
            _print_json(missing(ROOT, options.language))
        case "fill":
            words = json.loads(options.file.read_text("utf-8"))
            unknown = fill(ROOT, options.language, words)
            print(
                f"{len(words) - len(unknown)} taken",
                *(f"unknown: {k!r}" for k in unknown),
                sep="\n",
            )
            return 1 if unknown else 0
        case "check":
            found = problems(ROOT)
            print("\n".join(found) or "the translations are complete")
            return 1 if found else 0
    return 0


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main())
