"""Reading delimited text within the reading process: encoding and delimiter guessed, then csv.

Both guesses go back with the rows, so that a person can overrule them.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain, count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecofolio.intake.encodings import korean_or_japanese, latin_page, written_once
from ecofolio.intake.refusal import RefusedError

if TYPE_CHECKING:
    from ecofolio.intake.worker import Answer

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 256 * 1024
_MOST_TOLD = 100
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]")
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x19\x1b-\x1f]")

# Characters that turn up in nearly any list of projects in Chinese, simplified and traditional.
_USUAL = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能"
    "项目名称编号单位部门负责日期开始结束预算万元亿备注说明状态阶段进度金额合计行银省市县区"
    "場景項專案編號單負責開結預備註說狀態階進額計銀縣區區號時間這為個國來們發動對會圖書學校醫院"
    "客户群機構分支试点推广运营退出建设方式服务学校医院社保车旅游绿黄红正常预警"
)


def read(path: Path, head: bytes, request: dict[str, Any], answer: Answer) -> dict[str, object]:
    """Read delimited text as one sheet named after the file."""
    content = path.read_bytes()
    encoding = known_encoding(request.get("encoding")) or guess_encoding(content)
    text = decode(content, encoding)
    del content
    text, mended = written_once(text) if encoding.startswith("utf") else (text, 0)
    given = request.get("delimiter")
    text, declared = _declared_delimiter(text)
    delimiter = given or declared or guess_delimiter(text)
    unclosed: list[int] = []
    answer.sheet(path.stem, True, parse(text, delimiter, unclosed), [])
    return {
        "format": "text",
        "encoding": encoding,
        "delimiter": delimiter,
        "unread": [],
        "mended": mended,
        "unclosed": unclosed[:_MOST_TOLD],
    }


def known_encoding(encoding: str | None) -> str:
    """What Python calls an encoding that somebody names; nothing for nothing."""
    if not encoding:
        return ""
    try:
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise RefusedError("encoding", encoding=encoding) from None


def _as_western(error: UnicodeError) -> tuple[str, int]:
    """What a strict encoding can not decode, as the Western byte that it most likely is."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(_western(byte) for byte in bad), error.end


def _western(byte: int) -> str:
    try:
        return bytes((byte,)).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


codecs.register_error("ecofolio-western", _as_western)


def decode(content: bytes, encoding: str) -> str:
    """The text of `content`; bytes that are wrong in the encoding are read as Western ones."""
    try:
        return content.decode(encoding, "ecofolio-western").removeprefix("\ufeff")
    except (UnicodeError, ValueError, LookupError, TypeError, AssertionError):
        raise RefusedError("encoding", encoding=encoding) from None


def guess_encoding(content: bytes) -> str:
    """The most likely encoding of `content`; refuses what is no text at all."""
    for bom, name in _BOMS:
        if content.startswith(bom):
            return name
    sample = content[:_SAMPLE]
    wide = _without_bom(sample)
    if wide:
        return wide
    if sample.count(0) > len(sample) // 50 or len(_CONTROLS.findall(sample)) > len(sample) // 50:
        raise RefusedError("binary")
    try:
        content.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return _legacy(content, _lines_with_high_bytes(content))


def _without_bom(sample: bytes) -> str:
    """UTF-16 without its mark: every other byte of Latin text is nought."""
    pairs = len(sample) // 2
    if pairs < 2 or not sample.count(0):
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > pairs * 0.3 and even < pairs * 0.05:
        return "utf-16-le"
    if even > pairs * 0.3 and odd < pairs * 0.05:
        return "utf-16-be"
    return ""


def _lines_with_high_bytes(content: bytes) -> bytes:
    """Enough of the lines that tell encodings apart."""
    found, size = [], 0
    for line in content.splitlines(True):
        if _HIGH.search(line):
            found.append(line)
            size += len(line)
            if size > _SAMPLE:
                break
    return b"".join(found)


def _legacy(content: bytes, telling: bytes) -> str:
    """Mostly UTF-8 with a few broken bytes, a Chinese code page, a Western one, or another."""
    broken = telling.decode("utf-8", "replace")
    if broken.count("\ufffd") * 20 < sum(char > "\x7f" for char in broken):
        return "utf-8"
    chinese = max(
        (_chinese_share(telling, "gb18030"), "gb18030"), (_chinese_share(telling, "big5"), "big5")
    )
    if chinese[0] > 0.3:
        text = [char for char in telling.decode(chinese[1], "replace") if char > "\x7f"]
        usual = sum(char in _USUAL for char in text) / len(text)
        return korean_or_japanese(telling, usual) or chinese[1]
    runs = _HIGH.findall(telling)
    high, letters = sum(map(len, runs)), len(_LETTERS.findall(telling))
    # in other scripts whole words are high
    if 2 * high < letters and high < 2 * len(runs) and (page := latin_page(telling)):
        return page
    from charset_normalizer import from_bytes

    best = from_bytes(telling[:32_768]).best()
    return best.encoding if best else "cp1252"


def _chinese_share(telling: bytes, encoding: str) -> float:
    """How usual the Chinese characters are that the encoding would make of the bytes, 0 to 1."""
    text = telling.decode(encoding, "replace")
    others = [char for char in text if char > "\x7f"]
    if not others or others.count("\ufffd") * 20 > len(others):
        return 0.0
    if 2 * sum("\u4e00" <= char <= "\u9fff" for char in others) < len(others):
        return 0.0  # signs alone: `£m` of a Western page is a Greek letter of Big5
    usual = sum(char in _USUAL for char in others)
    common = sum(_is_common(char, encoding) for char in others)
    return 0.7 * common / len(others) + 1.5 * usual / len(others) - 0.3


def _is_common(char: str, encoding: str) -> bool:
    """Whether the character stands in the part of the code page that everyday words use."""
    try:
        code = char.encode("gb2312" if encoding == "gb18030" else "big5")
    except UnicodeEncodeError:
        return False
    last = 0xD7 if encoding == "gb18030" else 0xC6
    return 0xA1 <= code[0] <= last


def _declared_delimiter(text: str) -> tuple[str, str]:
    """The text without Excel's own first line `sep=;`, and what it says."""
    match = re.match(r'"?sep=(.)"?[ \t]*(?:\r\n|\r|\n)', text[:20], re.IGNORECASE)
    return (text[match.end() :], match.group(1)) if match else (text, "")


def guess_delimiter(text: str) -> str:
    """The delimiter by which most rows have the same number of cells, and more than one."""
    scores = {mark: _consistency(text, mark) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: scores[mark])


def _consistency(text: str, delimiter: str) -> float:
    if delimiter not in text[:_SAMPLE]:
        return 0.0
    rows = list(islice(parse(text[: 2 * _SAMPLE], delimiter), 300))
    widths = Counter(len(row) for row in rows if any(row))
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    if width < 2:
        return 0.0
    return count / sum(widths.values()) + min(width, 20) / 100


def parse(text: str, delimiter: str, unclosed: list[int] | None = None) -> Iterator[list[Any]]:
    """The rows of the text; a quoted cell may hold line ends of any kind.

    A quote that is opened and never closed, or only where another cell opens one, is a sign like
    any other and its line a row of its own: `unclosed` gets the numbers of such rows, from one.
    """
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise RefusedError("delimiter", delimiter=delimiter)
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    for number in count(1):
        start = source.tell()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells, is_closed = _leniently(source, start, delimiter)
            if not is_closed and unclosed is not None:
                unclosed.append(number)
        yield cells


_END = "\x1e"  # a line that is no text's
_LONE_QUOTE = re.compile(r'(?:[^"]|"")*+"')


def _leniently(source: io.StringIO, start: int, delimiter: str) -> tuple[list[str], bool]:
    """The row at `start`, whose quotes are not as they should be, and whether they are closed."""
    try:
        last = _last_line(source, start)
        source.seek(start)
        row = next(csv.reader(chain(source, (_END,)), delimiter=delimiter))
        if not row[-1].endswith(_END) and not _opens_another(last, delimiter):
            return row, True
        source.seek(start)
        *cells, rest = next(csv.reader((source.readline(), _END), delimiter=delimiter))
        line = '"' + rest.removesuffix(_END).rstrip("\r\n")
        more = next(csv.reader((line,), delimiter=delimiter, quoting=csv.QUOTE_NONE))
    except csv.Error:
        raise RefusedError("damaged") from None
    return [*cells, *more], False


def _opens_another(line: str, delimiter: str) -> bool:
    """Whether what would close a cell in this line looks like the beginning of another one."""
    lone = _LONE_QUOTE.match(line)
    if lone is None:
        return False
    before, after = line[: lone.end() - 1], line[lone.end() : lone.end() + 1]
    return before.endswith(delimiter) == bool(before) and after not in ("", delimiter, "\r", "\n")


def _last_line(source: io.StringIO, start: int) -> str:
    """The last of the lines from `start` to where the source stands; nothing for a single one."""
    end = source.tell()
    source.seek(start)
    source.readline()
    last = ""
    while source.tell() < end:
        last = source.readline()
    return last
