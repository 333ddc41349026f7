"""What other programs write and call a workbook: HTML tables, XML Spreadsheet 2003, flat .fods.

Within the reading process. A document type or entity is refused, nothing is fetched, and the
encoding is found as that of delimited text is, because many such files declare a wrong one.
"""

from __future__ import annotations

import codecs
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecofolio.intake.delimited import decode, guess_encoding, known_encoding
from ecofolio.intake.refusal import RefusedError

if TYPE_CHECKING:
    from ecofolio.intake.worker import Answer

_BEFORE = re.compile(rb"(?:<\?.*?\?>\s*|<!--.*?-->\s*)+", re.DOTALL)
_PAGE = re.compile(rb"<(?:!doctype html|html|table|meta|head|style|body|script|div)\b")
_SHEETS = re.compile(rb"<(?:\w+:)?workbook\b")
_FLAT = re.compile(rb"<office:document\b")
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?([\w.-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml.*?\?>", re.DOTALL)
_DOCUMENT_TYPE = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ANYTHING = ("ascii", "iso8859-1", "cp1252")  # declared by default, whatever it is
_LOOK = 4096  # bytes, for what is declared


def kind_of(start: bytes) -> str:
    """`page`, `sheets` or `flat` for how a file starts, in small letters, else nothing."""
    before = _BEFORE.match(start)
    root = start[before.end() :] if before else start
    for kind, mark in (("page", _PAGE), ("sheets", _SHEETS), ("flat", _FLAT)):
        if mark.match(root):
            return kind
    return ""


def read(path: Path, kind: str, request: dict[str, Any], answer: Answer) -> dict[str, object]:
    """Read the tables of such a file into the answer."""
    content = path.read_bytes()
    encoding = known_encoding(request.get("encoding")) or _encoding(content)
    text = decode(content, encoding)
    del content
    if kind == "page":
        from ecofolio.intake import hypertext

        return {"encoding": encoding} | hypertext.read(path.stem, text, request, answer)
    if _DOCUMENT_TYPE.search(text):
        raise RefusedError("entities")
    part = io.BytesIO(_DECLARATION.sub("", text, count=1).encode("utf-8", "replace"))
    del text
    if kind == "flat":
        from ecofolio.intake import opendocument

        return opendocument.read_content(part, request.get("sheet"), answer)
    from ecofolio.intake import spreadsheetml

    return spreadsheetml.read(part, request, answer)


def _encoding(content: bytes) -> str:
    """UTF-8 where it is, or what is declared where that can be, or as it is guessed."""
    guess = guess_encoding(content)
    said = _DECLARED.search(content[:_LOOK])
    if guess.startswith("utf") or said is None:
        return guess
    try:
        name = codecs.lookup(said[1].decode("ascii")).name
        name = "gb18030" if name in ("gb2312", "gbk") else name
        content.decode(name)
    except (LookupError, ValueError):
        return guess
    return guess if name in _ANYTHING else name
