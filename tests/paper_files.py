"""Word and PDF files made in memory, as small as a reader takes them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from typing import Literal
from zipfile import ZIP_DEFLATED, ZipFile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<w:{{0}} xmlns:w="{W}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="word/document.xml"/></Relationships>'
)


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(text: str, *, numbered: tuple[int, int] | None = None, style: str = "", raw: str = "") -> str:
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if numbered:
        properties += f'<w:numPr><w:ilvl w:val="{numbered[1]}"/><w:numId w:val="{numbered[0]}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{run(text) if text else ''}{raw}</w:p>"


def numbering(lists: dict[int, Sequence[tuple[str, str]]], *, restarts: dict[int, int] | None = None) -> str:
    """word/numbering.xml with one definition a list, each a sequence of (format, pattern); `restarts` adds lists that
    count an existing one anew from 1."""
    parts = []
    for number, levels in lists.items():
        inner = "".join(
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
            for depth, (form, pattern) in enumerate(levels)
        )
        parts.append(f'<w:abstractNum w:abstractNumId="{number}">{inner}</w:abstractNum>')
    parts += [f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in lists]
    for new, old in (restarts or {}).items():
        again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
        parts.append(f'<w:num w:numId="{new}"><w:abstractNumId w:val="{old}"/>{again}</w:num>')
    return _HEAD.format("numbering") + "".join(parts) + "</w:numbering>"


def styles(inner: str) -> str:
    return _HEAD.format("styles") + inner + "</w:styles>"


def docx(*body: str, **parts: str | bytes) -> bytes:
    """A .docx file with these pieces of w:body; `parts` are further files of the folder word/, by name or stem."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        document = f"{_HEAD.format('document')}<w:body>{''.join(body)}</w:body></w:document>"
        archive.writestr("word/document.xml", document)
        for stem, part in parts.items():
            archive.writestr(f"word/{stem}" if "." in stem else f"word/{stem}.xml", part)
    return packed.getvalue()


def table(*rows: Sequence[str]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def pdf(
    *pages: Sequence[tuple[float, float, str]] | Literal["picture"], locked: bool = False, scanned: bool = False
) -> bytes:
    """A PDF file, behind a password where `locked`, on pictures where `scanned`; each page is a sequence of (x, y, text) in points, every character 12 points wide, or a picture."""
    text = "".join(line for page in pages for _, _, line in _printed(page))
    glyphs = {char: number for number, char in enumerate(dict.fromkeys(text), start=1)}
    kids = " ".join(f"{6 + 2 * index} 0 R" for index in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type0/BaseFont/Paper/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        (
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Paper/DW 1000/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            b"/Supplement 0>>/FontDescriptor<</Type/FontDescriptor/FontName/Paper/Flags 4/FontBBox[0 0 1000 1000]"
            b"/Ascent 800/Descent -200/CapHeight 700/ItalicAngle 0/StemV 80>>>>"
        ),
        _stream(_to_unicode(glyphs)),
    ]
    for index, page in enumerate(pages):
        shown = "".join(
            f"BT /F 12 Tf 1 0 0 1 {x} {y} Tm <{''.join(f'{glyphs[char]:04x}' for char in line)}> Tj ET\n"
            for x, y, line in _printed(page)
        )
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>/Contents {7 + 2 * index} 0 R>>".encode()
        )
        objects.append(_stream((_DOT if scanned or page == "picture" else "") + shown))
    return _assembled(objects, _LOCK if locked else "")


_LOCK = f"/ID[<{'00' * 16}><{'00' * 16}>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'11' * 32}>/U<{'22' * 32}>>>"
_DOT = "q 500 0 0 700 40 40 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q\n"


def _printed(page: Sequence[tuple[float, float, str]] | Literal["picture"]) -> Sequence[tuple[float, float, str]]:
    return () if page == "picture" else page  # type: ignore[return-value]


def _to_unicode(glyphs: dict[str, int]) -> str:
    lines = [f"<{number:04x}> <{char.encode('utf-16-be').hex()}>" for char, number in glyphs.items()]
    blocks = [lines[start : start + 100] for start in range(0, len(lines), 100)]
    maps = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /P def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{maps}\nendcmap end end"
    )


def _stream(content: str) -> bytes:
    return f"<</Length {len(content)}>>stream\n{content}\nendstream".encode()


def _assembled(objects: Sequence[bytes], lock: str) -> bytes:
    data = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj".encode() + content + b"endobj\n"
    table_start = len(data)
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}".encode()
    return data + f"trailer<</Size {len(objects) + 1}/Root 1 0 R{lock}>>\nstartxref\n{table_start}\n%%EOF\n".encode()
