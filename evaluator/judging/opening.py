"""From settings to a judge that is ready: an endpoint that is configured, else the local model, else keywords."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from pydantic import SecretStr

from evaluator.client import Client, Endpoint, Limiter, Prices, Relay, Starting, endpoint
from evaluator.errors import Problem, SettingsError, Words
from evaluator.fits import load_fit
from evaluator.judging.combining import CascadeJudge, VotingJudge, WindowedJudge
from evaluator.judging.keyword import KeywordJudge
from evaluator.judging.one_call import OneCallJudge
from evaluator.judging.per_point import PerPointJudge
from evaluator.judging.prompting import LOCAL
from evaluator.judging.protocol import Judge, Memory
from evaluator.judging.thresholds import profile_for
from evaluator.localmodel import available, installed, running
from evaluator.prompts import Prompts
from evaluator.settings import Settings, host_of, is_loopback

Announce = Callable[[Words], None]
Limiting = Callable[[Endpoint], Limiter | None]
"""The gate in front of an endpoint; None where it needs none."""
Relaying = Callable[[Endpoint], Relay | None]
"""Who is asked before an endpoint is; None where nobody is."""
Kind = Literal["llm", "local", "keyword"]

LOCAL_WINDOW = 3_000
"""Characters of an answer in one prompt to the local model, beside the rubric, in its context of 8,192 tokens."""
REMOTE_WINDOW = 12_000
_REMOTE_AT_ONCE = 8
_NOT_YET = "http://127.0.0.1:0/v1"
"""Where the model on this machine is before it has been started."""
_ANSWERS = Words("答案", "answers")
_VOTING_TEMPERATURE = 0.7
"""Several replies at temperature 0 would be one reply paid for several times."""


def chosen_kind(settings: Settings) -> Kind:
    """Which judge `auto` means here: an endpoint that is configured, else the local model if there, else keywords."""
    if settings.judge != "auto":
        return settings.judge
    if endpoint(settings) is not None:
        return "llm"
    here = available() and installed(settings.local_model, settings.data_dir)
    return "local" if here else "keyword"


@asynccontextmanager
async def open_judge(
    settings: Settings,
    announce: Announce = lambda _: None,
    *,
    memory: Memory | None = None,
    limiter: Limiting | None = None,
    relay: Relaying | None = None,
) -> AsyncIterator[Judge]:
    """The judge that the settings ask for; whatever it started ends with the block.

    `announce` is told, before the first call, where answers go; `memory` keeps what a judge found once about a rubric
    (a store will do); `limiter` makes the gate in front of an endpoint, `relay` whoever is asked before it. The
    model on this machine is started by the first call, not before. Raises SettingsError where no endpoint is configured
    or its host was not agreed to, ModelError where the local model is not there, PromptError for a broken overlay.
    """
    kind = chosen_kind(settings)
    if kind == "keyword":
        announce(_keyword_words(settings))
        yield _keyword(settings)
        return
    async with AsyncExitStack() as stack:
        opening = _Opening(
            settings, Prompts(settings.prompts_dir), stack, announce, memory, limiting=limiter, relaying=relay
        )
        first = await (opening.local() if kind == "local" else opening.remote(_configured(settings)))
        second = endpoint(settings, second=True)
        if second is None:
            yield first
        else:
            strong = await opening.remote(second, named="second_")
            yield CascadeJudge(first, strong, below=settings.cascade_below)


@asynccontextmanager
async def open_client(
    settings: Settings, prompts: Prompts, announce: Announce = lambda _: None, *, sent: Words
) -> AsyncIterator[Client]:
    """The model that the settings ask for, for other work than judging; `sent` names what goes there.

    Chosen, announced and agreed to as in `open_judge`, and with its errors; there being no model is a SettingsError.
    """
    kind = chosen_kind(settings)
    if kind == "keyword":
        raise SettingsError(_no_model(settings))
    async with AsyncExitStack() as stack:
        opening = _Opening(settings, prompts, stack, announce, sent=sent)
        yield await (opening.local_client() if kind == "local" else opening.remote_client(_configured(settings)))


def _no_model(settings: Settings) -> Problem:
    if settings.judge == "keyword":
        return Problem(
            Words("这一步要用模型，judge 却是 keyword", "this needs a model, but judge = keyword"), field="judge"
        )
    return Problem(
        Words("这一步要用模型：没有配置模型服务，本机也没有模型", "this needs a model: no endpoint, no local model"),
        hint=Words(
            "本机模型：evaluator model pull；云端模型：--provider 或 --base-url 与 --model，见 docs/providers.md",
            "local: evaluator model pull; hosted: --provider, or --base-url and --model, see docs/providers.md",
        ),
    )


def _keyword(settings: Settings) -> KeywordJudge:
    cuts = load_fit(settings.calibration_file).keyword_cuts if settings.calibration_file else None
    return KeywordJudge(settings.lang, cuts=cuts) if cuts else KeywordJudge(settings.lang)


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


@dataclass(frozen=True, slots=True)
class _Opening:
    """What every judge that asks a model is made from."""

    settings: Settings
    prompts: Prompts
    stack: AsyncExitStack
    announce: Announce
    memory: Memory | None = None
    sent: Words = _ANSWERS
    """What goes to the model, as the announcement calls it."""
    limiting: Limiting | None = None
    relaying: Relaying | None = None

    async def local(self) -> Judge:
        """A judge that asks the model on this machine."""
        return WindowedJudge(self._asked(await self.local_client(), "per_point", at_once=1), max_chars=LOCAL_WINDOW)

    async def remote(self, target: Endpoint, *, named: str = "") -> Judge:
        """A judge that asks a configured endpoint."""
        client = await self.remote_client(target, named=named)
        at_once = 1 if is_loopback(target.base_url) else _REMOTE_AT_ONCE
        return WindowedJudge(self._asked(client, "one_call", at_once=at_once), max_chars=REMOTE_WINDOW)

    async def local_client(self) -> Client:
        """The model on this machine, started for as long as the stack is open."""
        name, sent = self.settings.local_model, self.sent
        self.announce(
            Words(
                f"用本机模型 {name}；{sent.zh}不离开这台机器",
                f"using {name} on this machine; {sent.en} do not leave it",
            )
        )
        server = running(name, data_dir=self.settings.data_dir, say=self.announce)

        async def start() -> Endpoint:
            await self.stack.enter_async_context(server)
            return Endpoint(server.base_url, server.model_name, SecretStr(server.api_key), LOCAL)

        return await self._client(Endpoint(_NOT_YET, server.model_name, provider=LOCAL), start)

    async def remote_client(self, target: Endpoint, *, named: str = "") -> Client:
        """A configured endpoint; SettingsError where its host was not agreed to."""
        host, sent = host_of(target.base_url), self.sent
        if not self.settings.consents(target.base_url):
            raise SettingsError(
                Problem(
                    Words(f"还没有同意把{sent.zh}发送到 {host}", f"sending {sent.en} to {host} was not agreed to"),
                    hint=Words(
                        f'加 --yes，或在设置文件里写 consent_host = ["{host}"]',
                        f'add --yes, or put consent_host = ["{host}"] into a settings file',
                    ),
                )
            )
        said = [name for name in (f"{named}base_url", f"{named}provider", "base_url") if getattr(self.settings, name)]
        origin = self.settings.origin(said[0] if said else "provider")
        self.announce(Words(f"{sent.zh}将发送到 {host}（来源：{origin}）", f"{sent.en} go to {host} (from: {origin})"))
        return await self._client(target)

    def _asked(self, client: Client, default: str, *, at_once: int) -> Judge:
        """The way of asking. Probabilities are the same every time, so only whole replies are put to the vote."""
        settings, prompts = self.settings, self.prompts
        if (default if settings.ask == "auto" else settings.ask) == "per_point":
            profile = profile_for(client.endpoint.model)
            return PerPointJudge(
                client, prompts, profile=profile, at_once=at_once, lang=settings.lang, memory=self.memory
            )
        temperature = settings.temperature
        if settings.samples > 1 and temperature == 0:
            temperature = _VOTING_TEMPERATURE

        def voter(index: int) -> Judge:
            seed = None if settings.seed is None else settings.seed + index
            return OneCallJudge(
                client,
                prompts,
                form=settings.evidence,
                temperature=temperature,
                seed=seed,
                max_tokens=settings.max_output_tokens,
            )

        return voter(0) if settings.samples == 1 else VotingJudge(voter, settings.samples)

    async def _client(self, target: Endpoint, start: Starting | None = None) -> Client:
        def note(schema: object) -> str:
            return self.prompts.render("client/schema_note", schema=json.dumps(schema, ensure_ascii=False))

        client = Client(
            target,
            timeout=self.settings.timeout,
            max_attempts=self.settings.max_attempts,
            prices=Prices.load(self.settings.prices_file),
            schema_note=note,
            limiter=self.limiting(target) if self.limiting else None,
            relay=self.relaying(target) if self.relaying else None,
            starting=start,
        )
        return await self.stack.enter_async_context(client)
