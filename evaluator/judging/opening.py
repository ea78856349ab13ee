"""From settings to a judge that is ready: an endpoint that is configured, else the local model, else keywords."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal

from pydantic import SecretStr

from evaluator.client import Client, Endpoint, Prices, endpoint
from evaluator.errors import Problem, SettingsError, Words
from evaluator.judging.combining import CascadeJudge, VotingJudge, WindowedJudge
from evaluator.judging.keyword import KeywordJudge
from evaluator.judging.one_call import OneCallJudge
from evaluator.judging.per_point import PerPointJudge
from evaluator.judging.prompting import LOCAL
from evaluator.judging.protocol import Judge
from evaluator.judging.thresholds import profile_for
from evaluator.localmodel import available, installed, running
from evaluator.prompts import Prompts
from evaluator.settings import Settings, host_of, is_loopback

Announce = Callable[[Words], None]
Kind = Literal["llm", "local", "keyword"]

LOCAL_WINDOW = 3_000
"""Characters of an answer in one prompt to the local model, beside the rubric, in its context of 8,192 tokens."""
REMOTE_WINDOW = 12_000
_REMOTE_AT_ONCE = 8


def chosen_kind(settings: Settings) -> Kind:
    """Which judge `auto` means here: an endpoint that is configured, else the local model if there, else keywords."""
    if settings.judge != "auto":
        return settings.judge
    if endpoint(settings) is not None:
        return "llm"
    here = available() and installed(settings.local_model, settings.data_dir)
    return "local" if here else "keyword"


@asynccontextmanager
async def open_judge(settings: Settings, announce: Announce = lambda _: None) -> AsyncIterator[Judge]:
    """The judge that the settings ask for; whatever it started ends with the block.

    `announce` is told, before the first call, where answers go. Raises SettingsError where no endpoint is configured or
    its host was not agreed to, ModelError where the local model cannot be started, PromptError for a broken overlay.
    """
    kind = chosen_kind(settings)
    async with AsyncExitStack() as stack:
        if kind == "keyword":
            announce(_keyword_words(settings))
            yield KeywordJudge(settings.lang)
            return
        prompts = Prompts(settings.prompts_dir)
        if kind == "local":
            first = await _local(settings, prompts, stack, announce)
        else:
            first = await _remote(settings, _configured(settings), prompts, stack, announce)
        second = endpoint(settings, second=True)
        if second is None:
            yield first
        else:
            strong = await _remote(settings, second, prompts, stack, announce, named="second_")
            yield CascadeJudge(first, strong, below=settings.cascade_below)


def _keyword_words(settings: Settings) -> Words:
    if settings.judge == "keyword":
        return Words(
            "关键词评分器：只作下限参考，结果都要人工复核", "keyword judge: a floor, every result needs a person"
        )
    return Words(
        "没有配置模型，本机也没有模型：改用关键词评分器，只作下限参考。"
        "要用本机模型：evaluator model pull；要用云端模型：见 docs/providers.md",
        "no endpoint is configured and no local model is there: using the keyword judge, a floor only. "
        "For a local model: evaluator model pull; for a hosted one: see docs/providers.md",
    )


def _configured(settings: Settings) -> Endpoint:
    found = endpoint(settings)
    if found is None:
        raise SettingsError(
            Problem(
                Words("judge = llm，但没有配置模型服务", "judge = llm, but no endpoint is configured"),
                field="provider",
                hint=Words(
                    "设置 --provider 和密钥的环境变量，或 --base-url 与 --model",
                    "set --provider and its key variable, or --base-url and --model",
                ),
            )
        )
    return found


async def _local(settings: Settings, prompts: Prompts, stack: AsyncExitStack, announce: Announce) -> Judge:
    announce(
        Words(
            f"本机模型 {settings.local_model} 启动中；答案不离开这台机器",
            f"starting {settings.local_model} on this machine; answers do not leave it",
        )
    )
    server = await stack.enter_async_context(running(settings.local_model, data_dir=settings.data_dir, say=announce))
    target = Endpoint(server.base_url, server.model_name, SecretStr(server.api_key), LOCAL)
    client = await stack.enter_async_context(_client(settings, target, prompts))
    return WindowedJudge(_asked(settings, client, prompts, default="per_point", at_once=1), max_chars=LOCAL_WINDOW)


async def _remote(
    settings: Settings,
    target: Endpoint,
    prompts: Prompts,
    stack: AsyncExitStack,
    announce: Announce,
    *,
    named: str = "",
) -> Judge:
    host = host_of(target.base_url)
    if not settings.consents(target.base_url):
        raise SettingsError(
            Problem(
                Words(f"还没有同意把答案发送到 {host}", f"sending answers to {host} was not agreed to"),
                hint=Words(
                    f'加 --yes，或在设置文件里写 consent_host = ["{host}"]',
                    f'add --yes, or put consent_host = ["{host}"] into a settings file',
                ),
            )
        )
    said = [name for name in (f"{named}base_url", f"{named}provider", "base_url") if getattr(settings, name)]
    origin = settings.origin(said[0] if said else "provider")
    announce(Words(f"答案将发送到 {host}（来源：{origin}）", f"answers go to {host} (from: {origin})"))
    client = await stack.enter_async_context(_client(settings, target, prompts))
    at_once = 1 if is_loopback(target.base_url) else _REMOTE_AT_ONCE
    return WindowedJudge(
        _asked(settings, client, prompts, default="one_call", at_once=at_once), max_chars=REMOTE_WINDOW
    )


def _client(settings: Settings, target: Endpoint, prompts: Prompts) -> Client:
    return Client(
        target,
        timeout=settings.timeout,
        max_attempts=settings.max_attempts,
        prices=Prices.load(settings.prices_file),
        schema_note=lambda schema: prompts.render("client/schema_note", schema=json.dumps(schema, ensure_ascii=False)),
    )


def _asked(settings: Settings, client: Client, prompts: Prompts, *, default: str, at_once: int) -> Judge:
    """The way of asking; several samples only where replies are sampled: probabilities are the same every time."""
    ask = default if settings.ask == "auto" else settings.ask
    if ask == "per_point":
        profile = profile_for(client.endpoint.model)
        return PerPointJudge(client, prompts, profile=profile, at_once=at_once, lang=settings.lang)

    def voter(index: int) -> Judge:
        seed = None if settings.seed is None else settings.seed + index
        return OneCallJudge(
            client, prompts, temperature=settings.temperature, seed=seed, max_tokens=settings.max_output_tokens
        )

    return voter(0) if settings.samples == 1 else VotingJudge(voter, settings.samples)
