"""Telling code pages apart: those of Europe, and Korean and Japanese ones from Chinese ones; and
undoing UTF-8 written twice."""

from __future__ import annotations

import re

_WESTERN = (
    "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœÀÁÂÄÅÆÇÈÉÊËÍÎÏÑÓÔÖØÙÚÛÜŒ"
    "£€§°©®™«»‹›–—‘’‚“”„…•·´½¼¾²³ªº±×¿¡¥¢\xa0\xad"
)
_CENTRAL = (
    "ąćęłńóśźżáčďéěíňřšťúůýžôľäöüőűăâîşţçëđßĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽÔĽÄÖÜŐŰĂÂÎŞŢĐ"
    "€§°©®«»‹›–—‘’‚“”„…•·´±×\xa0\xad"
)
_TURKISH = "çğıöşüâîûÇĞİÖŞÜÂÎÛ€§°©®«»‹›–—‘’‚“”„…•·´±×\xa0\xad"
_PAGES = {
    "cp1252": _WESTERN,
    "cp1254": _TURKISH,  # before the Central one, in which all its letters are letters as well
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "mac-roman": _WESTERN,
    "cp850": _WESTERN,
}
_JOINING = "’‘·–—-/\xa0\xad"  # signs that stand between letters
_AT_THE_END = "ìòù"  # which Italian has there, and Czech elsewhere, as ě, ň, ů
# syllables that make up half of nearly any list in Korean
_SYLLABLES = frozenset(
    "이다가의에는을를은고로사업서과한지기자스시정대전인비구부장원관리도수성해주상영제일공개동무선"
    "연운진행중계획단태름담당예산작종료객결제드병학교시스템화신보금용여데터확인유치실내용회경설소합"
)
_HANGUL, _KANA = ("\uac00", "\ud7a3"), ("\u3041", "\u30fc")
_MOST = 4_000
_CLEAR, _LIKELY = 0.2, 0.5

_BYTE_OF = {bytes((n,)).decode("cp1252", "ignore") or chr(n): n for n in range(0x80, 0x100)}
_TAIL = "[" + re.escape("".join(char for char, n in _BYTE_OF.items() if n < 0xC0)) + "]"
_TWICE = re.compile(f"[ÂÃ]{_TAIL}|â[€‚„]{_TAIL}|ï»¿")


def korean_or_japanese(telling: bytes, usual: float) -> str:
    """The Korean or Japanese code page of bytes that may be Chinese, of whose characters then the
    share `usual` are usual ones; nothing where they are Chinese."""
    korean = [char for char in telling.decode("cp949", "replace") if char > "\x7f"]
    known = sum(char in _SYLLABLES for char in korean)
    if known > 2 and known > max(0.25, usual) * len(korean) and _share(korean, _HANGUL) > 0.85:
        return "cp949"
    japanese = [char for char in telling.decode("euc_jp", "replace") if char > "\x7f"]
    return "euc_jp" if _share(japanese, _KANA) > 0.15 and usual < 0.12 else ""


def _share(chars: list[str], letters: tuple[str, str]) -> float:
    return sum(letters[0] <= char <= letters[1] for char in chars) / max(len(chars), 1)


def latin_page(telling: bytes) -> str:
    """The code page in which most of the bytes above ASCII are usual letters where they stand.

    The Western one of Windows, unless another is clearly likelier; none where none is likely.
    """
    scores = {page: _likeness(telling, page) for page in _PAGES}
    best = max(scores, key=lambda page: scores[page])
    if scores[best] < _LIKELY:
        return ""
    return best if scores[best] > scores["cp1252"] + _CLEAR else "cp1252"


def _likeness(telling: bytes, page: str) -> float:
    text = telling.decode(page, "replace")
    places = [at for at, char in enumerate(text) if char > "\x7f"][:_MOST]
    marks = [
        _mark(text[max(at - 1, 0) : at], text[at], text[at + 1 : at + 2], page) for at in places
    ]
    return sum(marks) / max(len(marks), 1)


def _mark(before: str, char: str, after: str, page: str) -> float:
    """How usual a character is where it stands, from -2 to 1."""
    if char.isalpha():
        if before.isdigit() or after.isdigit() or (char.isupper() and before.islower()):
            return -1.0
        if char in _AT_THE_END and page == "cp1252" and after.isalpha():
            return 0.0
    elif before.isalpha() and after.isalpha() and char not in _JOINING:
        return -2.0
    return 1.0 if char in _PAGES[page] else -0.5


def written_once(text: str) -> tuple[str, int]:
    """The text with what was written as UTF-8 twice, `Â£` for `£`, as it was; and how often.

    Only where most of what is not ASCII is so: two such characters may stand together by chance.
    """
    found = _TWICE.findall(text)
    if not found or 2 * sum(map(len, found)) < sum(char > "\x7f" for char in text):
        return text, 0
    return _TWICE.sub(_once, text), len(found)


def _once(match: re.Match[str]) -> str:
    return bytes(map(_BYTE_OF.__getitem__, match[0])).decode("utf-8", "replace")
