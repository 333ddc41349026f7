"""HTML descriptions, as Azure DevOps writes them, as Markdown: what a card's description is."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_LOOKS_LIKE = re.compile(
    r"</(?:div|p|span|ul|ol|li|a|b|strong|i|em|u|h[1-6]|table|td|tr|pre|code)\s*>|<br\s*/?>", re.I
)
_BLOCKS = frozenset({"div", "p", "ul", "ol", "table", "tr", "pre", "blockquote", "section"})
_SILENT = frozenset({"script", "style", "head", "title"})
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}


def is_html(text: str) -> bool:
    """Whether a text is HTML rather than a text that has a < somewhere."""
    return _LOOKS_LIKE.search(text) is not None


def as_markdown(html: str) -> str:
    """The text of some HTML with its paragraphs, lists, links and emphasis; scripts are dropped."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.said).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0
        self._counts: list[int | None] = []  # of the lists that are open: None is a bulleted one
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self.said.append("\n")
        elif tag in ("ul", "ol"):
            self._counts.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.said.append(f"\n{self._bullet()} ")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self.said)))
        elif tag in _MARKS:
            self.said.append(_MARKS[tag])
        elif re.fullmatch("h[1-6]", tag):
            self.said.append(f"\n\n{'#' * int(tag[1])} ")
        elif tag in _BLOCKS:
            self.said.append("\n\n" if tag == "p" else "\n")
        elif tag in ("td", "th"):
            self.said.append(" ")

    def _bullet(self) -> str:
        if not self._counts or self._counts[-1] is None:
            return "-"
        self._counts[-1] += 1
        return f"{self._counts[-1]}."

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in ("ul", "ol"):
            if self._counts:
                self._counts.pop()
            self.said.append("\n")
        elif tag == "a" and self._links:
            self._link(*self._links.pop())
        elif tag in _MARKS:
            self.said.append(_MARKS[tag])
        elif tag in _BLOCKS or re.fullmatch("h[1-6]", tag):
            self.said.append("\n")

    def _link(self, address: str, since: int) -> None:
        text = "".join(self.said[since:]).strip()
        if re.match(r"(?:https?|mailto):", address, re.I) and text and text != address:
            self.said[since:] = [f"[{text}]({address})"]

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(re.sub(r"\s+", " ", data))
