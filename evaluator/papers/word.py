"""Word documents (.docx) -> text, by mammoth, with the labels of automatic numbering written out."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zlib
from pathlib import PurePosixPath
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from evaluator.errors import InputError, Words
from evaluator.papers import webpage
from evaluator.papers.numbering import Numbering
from evaluator.papers.refusing import unreadable
from evaluator.papers.wordforms import make_readable, run, word_name

MAX_UNPACKED = 30_000_000
"""Bytes that the XML parts of one document may unpack to; read, they take thirty times as much memory."""
MAX_PARTS = 20_000
_FAULTS = (
    *(expat.ExpatError, ET.ParseError, BadZipFile, zlib.error, EOFError, NotImplementedError, RecursionError),
    *(LookupError, ValueError, AttributeError, TypeError, OSError),
)
"""What a damaged document makes the XML readers and mammoth fail with, which have no errors of their own."""
_MAX_DEPTH = 150
"""Nesting beyond this is no document that a person wrote, and more than mammoth's recursion can take."""


def is_docx(archive: ZipFile) -> bool:
    """Whether the archive has the main part of a Word document."""
    return any(_is_main(name) for name in archive.namelist())


def plain(data: bytes, name: str) -> tuple[str, int]:
    """The text of a .docx file, a line a paragraph, and how many pictures it has, whose text is not read.

    Headings, tables, numbering, content controls, tracked insertions, text boxes and formulas are kept; images,
    comments, footnotes and tracked deletions are not. Raises InputError where the file is damaged or unpacks to more
    than `MAX_UNPACKED`.
    """
    import mammoth  # noqa: PLC0415 - 60 ms that only .docx files cost

    pictures: list[object] = []

    def left_out(picture: object) -> list[object]:
        pictures.append(picture)
        return []

    try:
        parts = _parts(data, name)
        packed = io.BytesIO(_with_labels(parts))
        found = mammoth.convert_to_html(packed, convert_image=left_out, style_map="u => u").value
    except _FAULTS as fault:
        raise _damaged(name, type(fault).__name__) from fault
    return webpage.plain(found), len(pictures)


def _is_main(name: str) -> bool:
    path = PurePosixPath(name)
    return path.parent.name == "word" and path.stem.startswith("document") and path.suffix == ".xml"


def _damaged(name: str, detail: str) -> InputError:
    return unreadable(
        name,
        f"Word 文档已损坏，读不出来（{detail}）",
        f"the Word document is damaged ({detail})",
        hint=Words("用 Word 或 WPS 打开后另存为新的 .docx", "open it in Word or WPS and save it as a new .docx"),
    )


def _parts(data: bytes, name: str) -> dict[str, bytes]:
    # Only XML is taken: images are not read, and cannot be a bomb.
    with ZipFile(io.BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith((".xml", ".rels"))]
        if len(entries) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise unreadable(
                name,
                f"解压后超过 {MAX_UNPACKED // 1_000_000} MB，像是压缩炸弹，已拒绝",
                f"unpacks to more than {MAX_UNPACKED // 1_000_000} MB, as a zip bomb does: refused",
            )
        if any(entry.flag_bits & 1 for entry in entries):
            raise unreadable(name, "压缩包有密码", "the archive is protected by a password")
        parts = {entry.filename: archive.read(entry) for entry in entries}
    for part in parts.values():
        _refuse_tricks(part, name)
    return parts


def _refuse_tricks(part: bytes, name: str) -> None:
    """Entities that multiply and nesting without end: no word processor writes either."""
    depth = 0
    parser = expat.ParserCreate()

    def deeper(_tag: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise _damaged(name, f"XML > {_MAX_DEPTH}")

    def higher(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_declared: object) -> None:
        raise _damaged(name, "DOCTYPE")

    parser.StartElementHandler, parser.EndElementHandler = deeper, higher
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(part, True)


def _with_labels(parts: dict[str, bytes]) -> bytes:
    numbering = Numbering.read(_root(parts, "numbering"), _root(parts, "styles"))
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            # Without the definitions mammoth makes no list items, which would be counted a second time.
            if not name.endswith("/numbering.xml"):
                archive.writestr(name, _labelled(part, numbering) if _is_main(name) else part)
    return packed.getvalue()


def _root(parts: dict[str, bytes], stem: str) -> ET.Element | None:
    part = parts.get(f"word/{stem}.xml")
    return ET.fromstring(part) if part else None  # noqa: S314 - documents with a DOCTYPE were refused


def _labelled(document: bytes, numbering: Numbering) -> bytes:
    root = ET.fromstring(document)  # noqa: S314 - documents with a DOCTYPE were refused
    make_readable(root)
    for paragraph in root.iter(word_name(root, "p")):
        properties = paragraph.find(word_name(root, "pPr"))
        if label := numbering.label(properties):
            paragraph.insert(0 if properties is None else list(paragraph).index(properties) + 1, run(root, label))
    labelled: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return labelled
