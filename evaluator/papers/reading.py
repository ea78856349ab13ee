"""A file, or its bytes -> the text of a paper. What a file is, its bytes say, not its name."""

from __future__ import annotations

import hashlib
import io
import re
import struct
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from evaluator.errors import InputError, Words
from evaluator.models.paper import PaperWarning, Span, WarningCode
from evaluator.papers import markdown, pdf, tables, webpage, word
from evaluator.papers.characters import plain
from evaluator.papers.encoding import Decoded, decode
from evaluator.papers.refusing import unreadable

MAX_BYTES = 50_000_000
MAX_CHARACTERS = 2_000_000
_SAVE_AS = Words("用 Word 或 WPS 打开后另存为 .docx 或 .txt", "open it in Word or WPS and save it as .docx or .txt")
_RECOGNISE = Words("先做文字识别（OCR），再读得到的文本", "run OCR over it and read the text that comes out")
_UNPACK = Words("先解压，再读里面的文件", "unpack it and read the file inside")
_FOREIGN: tuple[tuple[bytes, Words, Words], ...] = (
    (b"{\\rtf", Words("这是 RTF 文档，暂不支持", "this is an RTF document, which is not supported"), _SAVE_AS),
    (b"\x89PNG", Words("这是图片", "this is a picture"), _RECOGNISE),
    (b"\xff\xd8\xff", Words("这是图片", "this is a picture"), _RECOGNISE),
    (b"GIF8", Words("这是图片", "this is a picture"), _RECOGNISE),
    (b"II*\x00", Words("这是图片", "this is a picture"), _RECOGNISE),
    (b"MM\x00*", Words("这是图片", "this is a picture"), _RECOGNISE),
    (b"RIFF", Words("这是图片、音频或视频", "this is a picture, sound or film"), _RECOGNISE),
    (b"Rar!", Words("这是 RAR 压缩包", "this is a RAR archive"), _UNPACK),
    (b"7z\xbc\xaf", Words("这是 7z 压缩包", "this is a 7z archive"), _UNPACK),
    (b"\x1f\x8b", Words("这是 gzip 压缩包", "this is a gzip archive"), _UNPACK),
)
_BROKEN_ARCHIVE = (BadZipFile, NotImplementedError, EOFError, OSError, ValueError, LookupError, struct.error)
"""What the zip reader fails with."""
_OLE = b"\xd0\xcf\x11\xe0"
_ARCHIVES = (
    ("xl/", Words("这是 Excel 表格，不是试卷文档", "this is a spreadsheet, not a paper")),
    ("ppt/", Words("这是 PPT 演示文稿，暂不支持", "these are slides, which are not supported")),
    ("content.xml", Words("这是 OpenDocument 文档，暂不支持", "this is an OpenDocument file, which is not supported")),
)
_MESSAGE = re.compile(rb"\s*(?:From:|MIME-Version:|Content-Type:\s*multipart/)", re.IGNORECASE)
_UNREADABLE_SHARE = 0.3
_NO_TEXT = re.compile("[\ufffd\ue000-\uf8ff]")
_MARKUP = 5
"""How many times as long as its text a page may be."""
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was read, before repair."""

    text: str
    """Line ends are `\\n`; every `Span` of a paper counts characters of this text."""
    sha256: str
    """Of the bytes."""
    kind: str
    """txt, docx, pdf, html or md."""
    notes: tuple[PaperWarning, ...] = ()


def read_document(source: Path | bytes, *, name: str = "") -> Document:
    """Read a paper from a file or from its bytes; `name` stands in error messages.

    Raises InputError where it is missing, empty, too large, encrypted, scanned, damaged or of a kind that holds no
    text.
    """
    name = name or (str(source) if isinstance(source, Path) else "")
    data = source if isinstance(source, bytes) else _bytes(source, name)
    if len(data) > MAX_BYTES:
        raise _too_large(name)
    kind, text, notes = _text(data, name)
    text = plain(text)
    if not text.strip():
        raise unreadable(name, "里面没有文字", "there is no text in it")
    if len(text) > MAX_CHARACTERS:
        raise _too_large(name)
    if len(_NO_TEXT.findall(text)) > _UNREADABLE_SHARE * len(text):
        raise _garbled(name) if kind == "pdf" else _no_text(name)
    return Document(text, hashlib.sha256(data).hexdigest(), kind, (*notes, *_broken(text)))


def _bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as fault:
        missing = isinstance(fault, FileNotFoundError)
        raise unreadable(
            name,
            "文件不存在" if missing else f"文件打不开（{fault.strerror}）",
            "no such file" if missing else f"the file cannot be opened ({fault.strerror})",
            hint=Words("检查路径和权限", "check the path and your rights"),
        ) from fault


def _text(data: bytes, name: str) -> tuple[str, str, tuple[PaperWarning, ...]]:
    """Kind, text and notes."""
    if data.startswith(b"PK\x03\x04"):
        text, pictures = _from_archive(data, name)
        return "docx", text, _pictures(pictures)
    if b"%PDF-" in data[:1024]:
        printed = pdf.plain(data, name, limit=MAX_CHARACTERS)
        return "pdf", printed.text, (*_removed(printed.taken), *_unread(printed.pictures))
    if data.startswith(_OLE):
        raise _old_office(data, name)
    for mark, what, hint in _FOREIGN:
        if data.startswith(mark):
            raise unreadable(name, what.zh, what.en, hint=hint)
    if _MESSAGE.match(data[:200]) and (page := _web_archive(data)):
        return "html", webpage.plain(page), ()
    found = _decoded(data, name).text
    if len(found) > MAX_CHARACTERS * _MARKUP:
        raise _too_large(name)
    if webpage.looks_like(found):
        return "html", webpage.plain(found), ()
    if name.lower().endswith((".md", ".markdown")) or markdown.looks_like(found):
        return "md", markdown.plain(plain(found)), ()
    return "txt", tables.from_tabs(found), ()


def _decoded(data: bytes, name: str) -> Decoded:
    if not data.strip(b"\x00 \t\r\n\xff\xfe\xef\xbb\xbf"):
        raise unreadable(
            name, "文件是空的", "the file is empty", hint=Words("换一个有内容的文件", "give a file with text")
        )
    found = decode(data, declared=webpage.declared_encoding(data))
    if found is None:
        raise _no_text(name)
    return found


def _from_archive(data: bytes, name: str) -> tuple[str, int]:
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            if word.is_docx(archive):
                return word.plain(data, name)
            names = archive.namelist()
    except _BROKEN_ARCHIVE as fault:
        raise unreadable(name, "文件已损坏，打不开", "the file is damaged", hint=_SAVE_AS) from fault
    for start, what in _ARCHIVES:
        if any(entry.startswith(start) for entry in names):
            raise unreadable(name, what.zh, what.en, hint=_SAVE_AS)
    raise unreadable(name, "这是压缩包，里面没有 Word 文档的正文", "this is an archive, no Word document", hint=_UNPACK)


def _old_office(data: bytes, name: str) -> InputError:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        unlock = Words("解除密码后另存为 .docx", "save it as .docx without the password")
        return unreadable(name, "文档有密码", "the document is protected by a password", hint=unlock)
    if holds("WordDocument"):
        return unreadable(
            name, "这是旧版 .doc 文档，暂不支持", "this is an old .doc document, which is not supported", hint=_SAVE_AS
        )
    return unreadable(name, "这是旧版 Office 文件，不是试卷文档", "this is an old Office file, no paper", hint=_SAVE_AS)


def _web_archive(data: bytes) -> str:
    """The page inside a single-file web page (MHTML), as which document sites and Word save; "" for none."""
    message = BytesParser(policy=policy.compat32).parsebytes(data)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            body = part.get_payload(decode=True)
            found = decode(body, declared=part.get_content_charset("")) if isinstance(body, bytes) else None
            return found.text if found else ""
    return ""


def _removed(taken: tuple[str, ...]) -> tuple[PaperWarning, ...]:
    def note(zh: str, en: str) -> PaperWarning:
        return PaperWarning(code=WarningCode.REMOVED_TEXT, zh=zh, en=en)

    shown = [text[:_SHOWN] for text in taken if re.search(r"[^\W\d]", text)]
    rest = len(taken) - len(shown)
    notes = [note(f"已去掉页眉页脚：{text}", f"page header or footer removed: {text}") for text in shown]
    return (*notes, *([note(f"已去掉 {rest} 处页码", f"{rest} page numbers removed")] if rest else []))


def _pictures(count: int) -> tuple[PaperWarning, ...]:
    if not count:
        return ()
    zh = f"有 {count} 张图片没有读取，图片里的文字不在题目里"
    en = f"{count} pictures were not read; words in them are in no question"
    return (PaperWarning(code=WarningCode.REMOVED_TEXT, zh=zh, en=en),)


def _unread(pages: tuple[int, ...]) -> tuple[PaperWarning, ...]:
    if not pages:
        return ()
    listed = "、".join(map(str, pages))
    zh = f"第 {listed} 页是图片，没有读到文字"
    en = f"pages that are pictures, without text to read: {', '.join(map(str, pages))}"
    return (PaperWarning(code=WarningCode.DAMAGED_TEXT, zh=zh, en=en),)


def _broken(text: str) -> tuple[PaperWarning, ...]:
    places = [found.start() for found in re.finditer("�+", text)]
    if not places:
        return ()
    return (
        PaperWarning(
            code=WarningCode.DAMAGED_TEXT,
            zh=f"有 {len(places)} 处字节无法解码（以 � 代替），从第 {places[0] + 1} 个字符起",
            en=f"bytes in {len(places)} places say nothing (shown as �), first at character {places[0] + 1}",
            place=Span(start=places[0], end=places[0] + 1),
        ),
    )


def _too_large(name: str) -> InputError:
    return unreadable(
        name,
        f"文件太大：上限是 {MAX_BYTES // 1_000_000} MB、{MAX_CHARACTERS // 10_000} 万字",
        f"too large: more than {MAX_BYTES // 1_000_000} MB or {MAX_CHARACTERS:,} characters",
        hint=Words("拆成几份再读", "split it"),
    )


def _no_text(name: str) -> InputError:
    return unreadable(
        name,
        "看不出是文本：编码不是 UTF-8、GB18030、Big5 或 UTF-16，或者是二进制文件",
        "no text in UTF-8, GB18030, Big5 or UTF-16; perhaps a binary file",
        hint=_SAVE_AS,
    )


def _garbled(name: str) -> InputError:
    return unreadable(
        name,
        "PDF 的文字层是乱码：字体没有写明各字形是什么字",
        "the text layer of the PDF is garbled: its fonts do not say which characters their glyphs are",
        hint=_RECOGNISE,
    )
