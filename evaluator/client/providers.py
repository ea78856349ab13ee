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


def endpoint(settings: Settings, *, second: bool = False) -> Endpoint | None:
    """The model that is set, or the `second`, stronger one of a cascade; None where none is.

    What is not set for the second is taken from the first: `second_model` alone means another model at the same
    address. Raises SettingsError where something is set and the rest is missing.
    """
    first = (settings.provider, settings.base_url)
    if not second:
        if not (settings.provider or settings.base_url or settings.model or settings.api_key):
            return None
        return _endpoint(*first, settings.model, settings.api_key, prefix="")
    place = (settings.second_provider, settings.second_base_url)
    if not (settings.second_model or any(place)):
        return None
    place = place if any(place) else first
    key = settings.second_api_key
    if key is None and _address(*place) == _address(*first):
        key = settings.api_key
    return _endpoint(*place, settings.second_model, key, prefix="second_")


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
