"""`evaluator serve`: the page."""

from __future__ import annotations

import gc
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from evaluator.cli.terminal import note
from evaluator.errors import InputError, Problem, Words

DEFAULT_PORT = 8765
LEAST_TOKEN = 16
_ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - looked for, not bound


def serve(
    *,
    host: Annotated[str, typer.Option(help="监听的地址；本机以外要加 --token / address to listen on")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="端口，0 为任选空闲的 / port, 0 for any that is free")
    ] = DEFAULT_PORT,
    token: Annotated[
        str | None, typer.Option(help="访问口令，至少 16 个字符 / token to get in, 16 characters or more")
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", help="还可用哪些主机名访问，可重复 / further host names")
    ] = None,
    open_page: Annotated[
        bool | None, typer.Option("--open/--no-open", help="打开浏览器；默认在终端里时打开 / open the browser")
    ] = None,
    judge: Annotated[str | None, typer.Option(help="auto | llm | local | keyword")] = None,
    provider: Annotated[str | None, typer.Option(help="openai, deepseek, qwen, …")] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI 兼容地址 / OpenAI-compatible address")] = None,
    model: Annotated[str | None, typer.Option(help="模型名 / model name")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="同意把答案发给模型服务 / agree to send answers out")] = False,
    save: Annotated[bool, typer.Option("--save/--no-save", help="记入本机历史 / keep in the local history")] = True,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
) -> None:
    """在浏览器里评分：粘贴答案，看要点和依据，可以改判。Score in the browser.

    默认只有本机能打开。Only this computer can open the page unless told otherwise.

    Ctrl-C 结束，正在评的几秒内评完，否则取消。Ctrl-C ends it; what is being judged has a few seconds to finish.
    """
    names = _host_names(host, token, allow_host or [])
    from evaluator.settings import load

    flags = {
        "judge": judge, "provider": provider, "base_url": base_url, "model": model, "lang": lang,
        "allow_remote": yes or None, "history": None if save else False,
    }  # fmt: skip
    settings = load({key: value for key, value in flags.items() if value is not None})
    with _bound(host, port) as listening:
        shown = _address(host, listening.getsockname()[1])
        note(Words(f"打开 {shown}，Ctrl-C 结束", f"open {shown}, Ctrl-C ends it").text(settings.lang))
        if sys.stdin.isatty() if open_page is None else open_page:
            import webbrowser

            webbrowser.open(shown)

        # Only now, in the second that a browser takes to open: whoever is early waits at the socket.
        with _all_kept():
            from evaluator.store import SqliteStore
            from evaluator.web import Access, create_app
            from evaluator.web.serving import run

        with SqliteStore(settings.store_path) as store:
            run(create_app(settings, store, access=Access(token=token, hosts=names)), listening)


@contextmanager
def _all_kept() -> Iterator[None]:
    """For imports: what they make stays, and looking for garbage in it takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _host_names(host: str, token: str | None, names: list[str]) -> frozenset[str]:
    """By which names the page may be asked for; refuses what would let strangers in."""
    from evaluator.settings import is_loopback

    if token is None and not is_loopback(_url(host)):
        raise InputError(
            Problem(
                Words(
                    f"{host} 让别的电脑也能打开这个页面，要有口令",
                    f"{host} lets other computers open the page, which needs a token",
                ),
                field="--host",
                hint=Words(
                    f"加 --token，至少 {LEAST_TOKEN} 个字符", f"add --token with {LEAST_TOKEN} or more characters"
                ),
            )
        )
    if token is not None and (len(token) < LEAST_TOKEN or not token.isascii() or not token.isprintable()):
        raise InputError(
            Problem(
                Words(
                    f"口令至少 {LEAST_TOKEN} 个字符，只用英文字母、数字和符号",
                    f"a token has {LEAST_TOKEN} or more characters, all of them ASCII",
                ),
                field="--token",
            )
        )
    own = {host.lower(), socket.gethostname().lower()} if token else {host.lower()}
    return frozenset({*own, *(name.lower() for name in names)} - _ANYWHERE)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            Problem(
                Words(f"不能监听 {host} 的 {port} 端口：{reason}", f"cannot listen on {host} port {port}: {reason}"),
                field="--port",
                hint=Words("换一个端口，或用 --port 0", "take another port, or --port 0"),
            )
        ) from error
    # Inherited by every connection; asyncio does not see that this is TCP, and each page would be held up for 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _address(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"{_url(name)}:{port}/"


def _url(host: str) -> str:
    return f"http://[{host}]" if ":" in host else f"http://{host}"
