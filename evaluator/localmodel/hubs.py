"""Fetch a file from one web address, going on where an earlier attempt broke off."""

from __future__ import annotations

import http.client
import ipaddress
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from evaluator.errors import Words
from evaluator.localmodel.catalogue import Hub
from evaluator.localmodel.fetching import Progress, SourceFailed
from evaluator.localmodel.partfile import Origin, PartFile
from evaluator.version import __version__

TIMEOUT = 15.0
"""Seconds without a byte after which a connection counts as broken."""
_CHUNK = 1 << 18
_FRUITLESS = 3
"""Attempts in a row that bring nothing before a source is given up."""


def fetch(hub: Hub, part: PartFile, size: int, progress: Progress, sleep: Callable[[float], None] = time.sleep) -> None:
    """Bring `part` to `size` bytes. Raises SourceFailed; what came so far stays for the next attempt."""
    _check_address(hub.url)
    if part.size > size:
        part.discard()
    began_with = furthest = part.size
    fruitless = 0
    while part.size != size:
        try:
            _attempt(hub, part, size, progress)
        except (OSError, http.client.HTTPException) as error:
            fruitless = 0 if part.size > furthest else fruitless + 1
            furthest = max(furthest, part.size)
            if furthest == began_with or fruitless == _FRUITLESS:
                raise SourceFailed(_unreachable(error)) from error
            sleep(2.0**fruitless)


def _attempt(hub: Hub, part: PartFile, size: int, progress: Progress) -> None:
    with _open(hub, part) as response:
        start = _start(response, part.size, size)
        part.cut(start)
        etag = response.headers.get("ETag", "")
        part.note(Origin(source=hub.url, etag="" if etag.startswith("W/") else etag))
        progress(start, size)
        for done in part.append(_chunks(response), size):
            progress(min(done, size), size)
    if part.size > size:
        part.discard()
        raise SourceFailed(Words("服务器给出的文件过长", "the server sent more than the file"))
    if part.size < size:
        raise http.client.IncompleteRead(b"", size - part.size)


def _open(hub: Hub, part: PartFile) -> Any:
    """The response to a request for the rest of the file."""
    headers = {"User-Agent": f"answer-evaluator/{__version__}", "Accept-Encoding": "identity"}
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        if part.origin.source == hub.url and part.origin.etag:
            headers["If-Range"] = part.origin.etag
    request = urllib.request.Request(hub.url, headers=headers)  # noqa: S310 - the scheme has been checked
    handlers: list[urllib.request.BaseHandler] = [_Redirects()]
    if _loopback(hub.url):
        handlers.append(urllib.request.ProxyHandler({}))
    try:
        return urllib.request.build_opener(*handlers).open(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.discard()
        raise SourceFailed(Words(f"服务器答复 HTTP {error.code}", f"the server answered HTTP {error.code}")) from error


def _start(response: Any, so_far: int, size: int) -> int:
    """Where the body starts in the file; SourceFailed where it cannot be the file."""
    start, total = 0, response.headers.get("Content-Length", "")
    if response.status == http.client.PARTIAL_CONTENT:
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        start, total = (int(match[1]), match[2]) if match else (-1, "")
        if start != so_far:
            raise SourceFailed(Words("服务器续传的位置不对", "the server resumes at the wrong place"))
    if total.isdigit() and int(total) != size:
        found = int(total)
        raise SourceFailed(
            Words(f"文件大小是 {found:,} 字节，应为 {size:,}", f"the file has {found:,} bytes, expected {size:,}")
        )
    if response.headers.get_content_type() == "text/html":
        raise SourceFailed(Words("服务器给出的是网页，不是模型文件", "the server sent a web page, not the model"))
    return start


def _chunks(response: Any) -> Iterator[bytes]:
    while chunk := response.read1(_CHUNK):
        yield chunk


def _unreachable(error: Exception) -> Words:
    reason = getattr(error, "reason", None) or error
    text = str(reason) or type(reason).__name__
    return Words(f"连接失败或中断：{text}", f"connection failed or broke off: {text}")


def _loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_address(url: str) -> None:
    scheme = urlsplit(url).scheme
    if scheme != "https" and not (scheme == "http" and _loopback(url)):
        raise SourceFailed(Words(f"只从 https 地址下载：{url}", f"only https addresses are fetched: {url}"))


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never away from https."""

    def redirect_request(  # noqa: PLR0917 - the signature of urllib
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        _check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
