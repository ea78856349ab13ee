"""The presets, and from settings to an endpoint. Addresses and key variables stand in `evaluator.settings.owners`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pydantic import SecretStr

from evaluator.client.endpoint import DUMMY_KEY, Endpoint, Quirks, Rung
from evaluator.errors import Problem, SettingsError, Words
from evaluator.settings import OWNERS, Settings, is_loopback
from evaluator.settings.owners import owner_of_host

_NO_THINKING = MappingProxyType({"thinking": MappingProxyType({"type": "disabled"})})
_ENABLE_THINKING_FALSE = MappingProxyType({"enable_thinking": False})
_TEMPLATE_NO_THINKING = MappingProxyType({"chat_template_kwargs": _ENABLE_THINKING_FALSE})
_NO_EFFORT = MappingProxyType({"reasoning_effort": "none"})


@dataclass(frozen=True, slots=True)
class Preset:
    """A provider by name."""

    title: Words
    model: str = ""
    """Default; empty where there is none that holds for everybody."""
    quirks: Quirks = field(default_factory=Quirks)


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "openai": Preset(
            Words("OpenAI", "OpenAI"), "gpt-5.4-mini", Quirks(limit_name="max_completion_tokens", body=_NO_EFFORT)
        ),
        # Only json_object; wants the word json in the prompt; may return nothing; thinks unless told not to.
        "deepseek": Preset(
            Words("深度求索", "DeepSeek"), "deepseek-flash", Quirks(Rung.JSON_OBJECT, body=_NO_THINKING)
        ),
        # Refuses its JSON modes while thinking is on.
        "qwen": Preset(
            Words("通义千问（百炼）", "Qwen (Model Studio)"), "qwen-plus", Quirks(body=_ENABLE_THINKING_FALSE)
        ),
        # Drops fields that it does not know, so that json_schema would seem to work.
        "glm": Preset(Words("智谱 GLM", "Zhipu GLM"), "glm-4.7-flash", Quirks(Rung.JSON_OBJECT, body=_NO_THINKING)),
        # Each model allows exactly one temperature.
        "kimi": Preset(
            Words("月之暗面 Kimi", "Moonshot Kimi"),
            quirks=Quirks(Rung.JSON_OBJECT, temperature=False, body=_NO_THINKING),
        ),
        "doubao": Preset(Words("豆包（火山方舟）", "Doubao (Volcengine Ark)"), quirks=Quirks(body=_NO_THINKING)),
        "siliconflow": Preset(Words("硅基流动", "SiliconFlow"), quirks=Quirks(body=_ENABLE_THINKING_FALSE)),
        "ollama": Preset(Words("Ollama", "Ollama"), quirks=Quirks(body=_NO_EFFORT)),
        "vllm": Preset(Words("vLLM", "vLLM"), quirks=Quirks(body=_TEMPLATE_NO_THINKING)),
        "llamacpp": Preset(Words("llama.cpp", "llama.cpp"), "default", Quirks(body=_TEMPLATE_NO_THINKING)),
    }
)


def endpoint(settings: Settings) -> Endpoint | None:
    """The model that is set; None where nothing is set at all.

    Raises SettingsError where something is set and the rest is missing, or where `judge` asks for a model and none
    is set.
    """
    if not (settings.provider or settings.base_url or settings.model or settings.api_key):
        if settings.judge == "llm":
            raise SettingsError(_nothing_set())
        return None
    return _endpoint(settings.provider, settings.base_url, settings.model, settings.api_key, prefix="")


def second_endpoint(settings: Settings) -> Endpoint | None:
    """The stronger model of a cascade; None where none is set.

    What is not set for it is taken from the first: `second_model` alone means another model at the same address.
    """
    if not (settings.second_model or settings.second_provider or settings.second_base_url):
        return None
    provider, base_url, key = settings.second_provider, settings.second_base_url, settings.second_api_key
    if not provider and not base_url:
        provider, base_url = settings.provider, settings.base_url
    same_place = _address(provider, base_url) == _address(settings.provider, settings.base_url)
    return _endpoint(
        provider, base_url, settings.second_model, key or (settings.api_key if same_place else None), prefix="second_"
    )


def _address(provider: str, base_url: str) -> str:
    return base_url or (OWNERS[provider].base_url if provider else "")


def _endpoint(provider: str, base_url: str, model: str, key: SecretStr | None, *, prefix: str) -> Endpoint:
    name = provider or owner_of_host(base_url)
    preset = PRESETS.get(name, Preset(Words("", "")))
    address = _address(provider, base_url)
    model = model or preset.model
    problems = []
    if not address:
        problems.append(_no_address(prefix))
    if address and not model:
        problems.append(_no_model(prefix, name or address))
    if address and key is None and _wants_key(name, address):
        problems.append(_no_key(prefix, name, address))
    if problems:
        raise SettingsError(*problems)
    return Endpoint(address, model, key or SecretStr(DUMMY_KEY), name, preset.quirks)


def _wants_key(name: str, address: str) -> bool:
    """Servers of one's own go without; everybody else wants one."""
    return bool(OWNERS[name].key_env) if name else not is_loopback(address)


def _nothing_set() -> Problem:
    return Problem(
        Words("要求用大模型评分，但没有设置任何模型", "a model is asked for and none is set"),
        hint=Words(
            "设 EVALUATOR_PROVIDER 和密钥（见 docs/providers.md），或改用 judge=auto",
            "set EVALUATOR_PROVIDER and a key (docs/providers.md), or use judge=auto",
        ),
    )


def _no_address(prefix: str) -> Problem:
    variable = f"EVALUATOR_{prefix.upper()}"
    return Problem(
        Words("设了模型或密钥，但不知道发往哪里", "a model or key is set, but not where to send to"),
        field=prefix + "provider",
        hint=Words(
            f"设 {variable}PROVIDER（如 deepseek）或 {variable}BASE_URL",
            f"set {variable}PROVIDER (such as deepseek) or {variable}BASE_URL",
        ),
    )


def _no_model(prefix: str, place: str) -> Problem:
    variable = f"EVALUATOR_{prefix.upper()}MODEL"
    return Problem(
        Words(f"{place} 没有默认模型", f"{place} has no default model"),
        field=prefix + "model",
        hint=Words(f"设 {variable} 或 --{prefix.replace('_', '-')}model", f"set {variable} or --{prefix}model"),
    )


def _no_key(prefix: str, name: str, address: str) -> Problem:
    own = f"EVALUATOR_{prefix.upper()}API_KEY"
    names = f"{OWNERS[name].key_env[0]} 或 {own}" if name and address == OWNERS[name].base_url else own
    return Problem(
        Words(f"没有用于 {address} 的密钥", f"no key for {address}"),
        field=prefix + "api_key",
        hint=Words(
            f"设 {names}；服务商自己的密钥变量只用于它自己的地址",
            f"set {names.replace('或', 'or')}; a provider's own key variable only serves its own address",
        ),
    )
