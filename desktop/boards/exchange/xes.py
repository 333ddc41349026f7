"""Reading XES event logs (IEEE 1849), plain or packed with gzip, with or without namespaces."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from ecofolio.boards.exchange.eventlogs import MOST_FIELD, set_columns
from ecofolio.boards.exchange.incoming import Incoming, IncomingCard, Refused, Stay
from ecofolio.boards.exchange.moments import moment_reader
from ecofolio.errors import InputError
from ecofolio.intake.reading import LIMITS
from ecofolio.intake.values import Reason
from ecofolio.text import _
from ecofolio.vocabulary import FieldType

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_TYPES = {"int": FieldType.NUMBER, "float": FieldType.NUMBER}


class _Said(NamedTuple):
    type: str
    value: str


def read(
    path: Path, kinds: Mapping[str, str], present: Mapping[str, str] | None = None
) -> Incoming:
    """The board that an XES log tells of; `InputError` for what is none."""
    incoming = Incoming(path.name.split(".")[0] or path.name, "xes")
    read_moment, number = moment_reader(), 0
    for attributes, events in _traces(path):
        number += 1
        case = _text(attributes, "concept:name") or str(number)
        stays = []
        for event in events:
            at = read_moment(_text(event, "time:timestamp"))
            activity = _text(event, "concept:name")
            if not activity or isinstance(at, Reason):
                incoming.refused.append(Refused(number, _("An event has no activity or no time.")))
                continue
            stays.append(Stay(activity, at, _text(event, "org:resource") or None))
        if not stays:
            continue
        stays.sort(key=lambda stay: stay.at)
        values = {
            key: said.value[:MOST_FIELD]
            for key, said in attributes.items()
            if key != "concept:name" and said.value
        }
        for key in values:
            kind = _TYPES.get(attributes[key].type, FieldType.TEXT)
            if not _NUMBER.fullmatch(values[key]):
                kind = FieldType.TEXT
            if incoming.fields.setdefault(key, kind) is not kind:
                incoming.fields[key] = FieldType.TEXT
        incoming.cards.append(IncomingCard(case, case, stays, number, values=values))
    if not incoming.cards:
        raise InputError(_("{file} holds no event that can be read.").format(file=path.name))
    set_columns(incoming, kinds, present)
    return incoming


def _text(attributes: Mapping[str, _Said], key: str) -> str:
    said = attributes.get(key)
    return said.value if said is not None else ""


def _traces(path: Path) -> Iterator[tuple[dict[str, _Said], list[dict[str, _Said]]]]:
    from lxml import etree

    try:
        with path.open("rb") as plain:
            is_packed = plain.read(2) == b"\x1f\x8b"
            plain.seek(0)
            file = cast(BinaryIO, gzip.GzipFile(fileobj=plain)) if is_packed else plain
            parser = etree.iterparse(
                _Bounded(file, path.name),
                events=("end",),
                tag=("{*}trace", "trace"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            )
            for _event, trace in parser:
                if trace.getroottree().docinfo.doctype:
                    raise InputError(
                        _("{file} declares a document type and is not opened for safety.").format(
                            file=path.name
                        )
                    )
                yield _plain(trace), [_plain(one) for one in trace if _tag(one) == "event"]
                trace.clear()
                while trace.getprevious() is not None:  # else a log would be held as a whole
                    del trace.getparent()[0]
    except (etree.XMLSyntaxError, OSError, EOFError, zlib.error) as error:
        raise InputError(
            _("{file} is not an event log that can be read: {reason}.").format(
                file=path.name, reason=getattr(error, "msg", None) or error
            )
        ) from None


class _Bounded:
    """A stream that ends in a sentence beyond what a log may unpack to."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name, self._left = file, name, LIMITS.unpacked

    def read(self, size: int = -1) -> bytes:
        found = self._file.read(size)
        self._left -= len(found)
        if self._left < 0:
            raise InputError(_("{file} is too large to be a board.").format(file=self._name))
        return found


def _plain(node: Any) -> dict[str, _Said]:
    return {
        str(one.get("key")): _Said(_tag(one), str(one.get("value") or ""))
        for one in node
        if _tag(one) != "event" and one.get("key")
    }


def _tag(node: Any) -> str:
    tag = getattr(node, "tag", "")
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""
