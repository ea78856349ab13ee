"""PDF files with a text layer -> text, by pypdfium2 (extra `pdf`)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evaluator.errors import InputError, Words
from evaluator.papers.lines import Line, joined, without_furniture
from evaluator.papers.refusing import unreadable

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfTextPage  # type: ignore[import-untyped]

MAX_PAGES = 1000
_MIN_CHARACTERS = 4
"""A page with less text on the average is a picture of a page."""
_SCANNED = 40
"""A page with less text on the average and a picture on every page is one, too."""
_HYPHENS = "\x02\ufffe"
"""What PDFium puts where a word was divided at the end of a line."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What the pages of a PDF file say."""

    text: str
    """A line a paragraph."""
    taken: tuple[str, ...]
    """Headers, footers and page numbers taken out, each once."""
    pictures: tuple[int, ...]
    """Pages, from 1, that are pictures without text among pages with text."""


def plain(data: bytes, name: str, *, limit: int) -> Printed:
    """The text of a PDF file; pages behind the first `limit` characters are not read.

    Raises InputError where the file has a password, is damaged, holds only pictures or has more than `MAX_PAGES`.
    """
    with _opened(data, name) as document:
        if len(document) > MAX_PAGES:
            raise unreadable(
                name,
                f"PDF 有 {len(document)} 页，上限是 {MAX_PAGES} 页",
                f"the PDF has {len(document)} pages, more than {MAX_PAGES}",
                hint=Words("拆成几份再读", "split it"),
            )
        pages = _pages(document, limit)
        kept, taken = without_furniture(pages)
        length = sum(len(line.text) for page in kept for line in page)
        # A scanner's mark may be all the text there is; then it stands on pictures.
        if length < _MIN_CHARACTERS * len(pages) or (
            length < _SCANNED * len(pages) and all(_has_picture(document, page) for page in range(len(pages)))
        ):
            raise _scanned(name)
        pictures = (index + 1 for index, page in enumerate(pages) if not page and _has_picture(document, index))
        return Printed(joined(kept), taken, tuple(pictures))


def _scanned(name: str) -> InputError:
    return unreadable(
        name,
        "PDF 里没有文字层，看来是扫描件或图片",
        "the PDF has no text layer: it seems to be scanned",
        hint=Words(
            "先做文字识别（OCR），或改用 Word、txt 版本", "run OCR over it first, or use a Word or text version"
        ),
    )


@contextlib.contextmanager
def _opened(data: bytes, name: str) -> Iterator[PdfDocument]:
    try:
        from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as fault:
        raise unreadable(
            name,
            "读取 PDF 需要可选组件 pypdfium2，尚未安装",
            "reading PDF files needs pypdfium2, which is not installed",
            hint=Words('pip install "answer-evaluator[pdf]"', 'pip install "answer-evaluator[pdf]"'),
        ) from fault
    try:
        document = PdfDocument(data)
        try:
            yield document
        finally:
            document.close()
    except PdfiumError as fault:
        if "password" in str(fault).lower():
            raise unreadable(
                name,
                "PDF 有密码",
                "the PDF is protected by a password",
                hint=Words("解除密码后另存再试", "save it without the password"),
            ) from fault
        raise unreadable(name, f"PDF 已损坏，打不开（{fault}）", f"the PDF is damaged ({fault})") from fault


def _pages(document: PdfDocument, limit: int) -> list[list[Line]]:
    pages: list[list[Line]] = []
    length = 0
    for index in range(len(document)):
        pages.append(_page(document, index))
        length += sum(len(line.text) for line in pages[-1])
        if length > limit:
            break
    return pages


def _page(document: PdfDocument, index: int) -> list[Line]:
    page = document[index]
    text = page.get_textpage()
    try:
        return list(_lines(text))
    finally:
        text.close()
        page.close()


def _has_picture(document: PdfDocument, index: int) -> bool:
    from pypdfium2 import raw  # noqa: PLC0415 - an extra

    page = document[index]
    try:
        return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    finally:
        page.close()


def _lines(text: PdfTextPage) -> Iterator[Line]:
    from pypdfium2 import raw  # noqa: PLC0415 - an extra

    begun: list[tuple[int, str]] = []
    for index in range(text.count_chars()):
        char = chr(raw.FPDFText_GetUnicode(text, index))
        if char in "\r\n":
            yield from _line(text, begun)
            begun = []
        else:
            begun.append((index, "\xad" if char in _HYPHENS else char))
    yield from _line(text, begun)


def _line(text: PdfTextPage, begun: list[tuple[int, str]]) -> Iterator[Line]:
    seen = [index for index, char in begun if not char.isspace()]
    if not seen:
        return
    left, bottom, _, _ = text.get_charbox(seen[0])
    _, _, right, _ = text.get_charbox(seen[-1])
    characters = "".join(char for _, char in begun).strip()
    # PDFium hands out characters beyond U+FFFF in two halves.
    yield Line(characters.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), left, right, bottom)
