"""What a file is, by its bytes."""

from __future__ import annotations

import re
import zlib
from enum import StrEnum
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from evaluator.errors import Words
from evaluator.papers import webpage
from evaluator.submissions.delimited import encoding_of
from evaluator.submissions.refusing import refused
from evaluator.submissions.workbook import UNLOCK

_START = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0"
_SAVE_AS = Words("用 Excel 或 WPS 打开后另存为 .xlsx 或 .csv", "open it in Excel or WPS and save it as .xlsx or .csv")
_FOREIGN: tuple[tuple[bytes, Words], ...] = (
    (b"Rar!", Words("这是 RAR 压缩包", "this is a RAR archive")),
    (b"7z\xbc\xaf", Words("这是 7z 压缩包", "this is a 7z archive")),
    (b"\x1f\x8b", Words("这是 gzip 压缩包", "this is a gzip archive")),
    (b"\x89PNG", Words("这是图片", "this is a picture")),
    (b"\xff\xd8\xff", Words("这是图片", "this is a picture")),
    (b"SQLite format 3", Words("这是数据库文件", "this is a database")),
    (b"{\\rtf", Words("这是 RTF 文档", "this is an RTF document")),
)
_UNPACK = Words("解压后再读，或另存为 .xlsx、.csv、.docx", "unpack it, or save it as .xlsx, .csv or .docx")
_SPREADSHEET_XML = re.compile(r"schemas-microsoft-com:office:spreadsheet")


class Kind(StrEnum):
    """Kinds of sources."""

    WORKBOOK = "workbook"
    PAGE = "page"
    RECORDS = "records"
    TEXT = "text"
    """A table of text, or one document."""
    DOCUMENT = "document"
    ARCHIVE = "archive"
    FOLDER = "folder"


def kind_of(path: Path, encoding: str = "") -> tuple[Kind, str]:
    """Kind of the source and, for texts, its encoding.

    Raises InputError where it is missing, empty, encrypted or of a kind that holds no submissions.
    """
    name = path.name
    if path.is_dir():
        return Kind.FOLDER, ""
    try:
        with path.open("rb") as file:
            head = file.read(_START)
    except OSError as fault:
        missing = isinstance(fault, FileNotFoundError)
        raise refused(
            str(path),
            "文件不存在" if missing else f"文件打不开（{fault.strerror}）",
            "no such file" if missing else f"the file cannot be opened ({fault.strerror})",
            hint=Words("检查路径和权限", "check the path and your rights"),
        ) from fault
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(path), ""
    if head.startswith(_OLE):
        return _old_office(path), ""
    if b"%PDF-" in head[:1024]:
        return Kind.DOCUMENT, ""
    for mark, what in _FOREIGN:
        if head.startswith(mark):
            raise refused(name, what.zh, what.en, hint=_UNPACK)
    found = encoding_of(path, name, encoding)
    return _text(head.decode(found, errors="replace"), name), found


def _text(start: str, name: str) -> Kind:
    text = start.lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return Kind.RECORDS
    if text.startswith("[") and re.match(r"\[\s*[{\]]", text):
        raise refused(
            name,
            "这是一整个 JSON 数组",
            "this is one JSON array",
            hint=Words("改成每行一个对象的 .jsonl", "write one object a line (.jsonl)"),
        )
    if _SPREADSHEET_XML.search(text):
        raise refused(name, "这是 Excel 2003 的 XML 表格，暂不支持", "this is an Excel 2003 XML table", hint=_SAVE_AS)
    if re.match(r"(?:MIME-Version:|From:)", text, re.IGNORECASE):
        raise refused(name, "这是单文件网页（MHTML），暂不支持", "this is a single-file web page", hint=_SAVE_AS)
    return Kind.PAGE if webpage.looks_like(text) or re.match(r"<(?:t[rhd]|tbody)\b", text, re.IGNORECASE) else Kind.TEXT


def _archive(path: Path) -> Kind:
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
            mime = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (
        BadZipFile,
        OSError,
        ValueError,
        LookupError,
        NotImplementedError,
        EOFError,
        RuntimeError,
        zlib.error,
    ) as fault:
        raise refused(
            path.name, "文件已损坏，打不开", "the file is damaged", hint=Words("重新导出或下载", "export it anew")
        ) from fault
    if any(entry.startswith("xl/") for entry in names) or b"opendocument.spreadsheet" in mime:
        return Kind.WORKBOOK
    if b"opendocument" in mime or any(entry.startswith("ppt/") for entry in names):
        raise refused(
            path.name, "这是演示文稿或 OpenDocument 文档", "these are slides or an OpenDocument text", hint=_UNPACK
        )
    return Kind.DOCUMENT if "word/document.xml" in names else Kind.ARCHIVE


def _old_office(path: Path) -> Kind:
    content = path.read_bytes()

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise refused(path.name, "文件有密码", "the file is protected by a password", hint=UNLOCK)
    if holds("WordDocument"):
        raise refused(path.name, "这是旧版 .doc 文档，暂不支持", "this is an old .doc document", hint=_UNPACK)
    return Kind.WORKBOOK
