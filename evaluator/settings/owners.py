"""Whose address is whose: the providers by name, their addresses, and the variables their own tools read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Owner:
    """One provider, as far as settings must know it."""

    base_url: str
    key_env: tuple[str, ...] = ()
    """Variables that may hold its key, the usual one first. None for a server of one's own."""
    base_url_env: str = ""
    more_hosts: tuple[str, ...] = ()
    """Further hosts of the same owner: its key may go there too."""

    @property
    def hosts(self) -> frozenset[str]:
        """Every host that belongs to this owner."""
        return frozenset({host_of(self.base_url), *self.more_hosts})


OWNERS: Mapping[str, Owner] = MappingProxyType(
    {
        "openai": Owner(
            "https://api.openai.com/v1",
            ("OPENAI_API_KEY",),
            "OPENAI_BASE_URL",
            ("eu.api.openai.com", "us.api.openai.com"),
        ),
        "deepseek": Owner("https://api.deepseek.com", ("DEEPSEEK_API_KEY",)),
        "qwen": Owner(
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            ("DASHSCOPE_API_KEY",),
            more_hosts=("dashscope-intl.aliyuncs.com", "dashscope-us.aliyuncs.com"),
        ),
        "glm": Owner(
            "https://open.bigmodel.cn/api/paas/v4", ("ZHIPUAI_API_KEY", "ZAI_API_KEY"), more_hosts=("api.z.ai",)
        ),
        "kimi": Owner("https://api.moonshot.cn/v1", ("MOONSHOT_API_KEY",), more_hosts=("api.moonshot.ai",)),
        "doubao": Owner("https://ark.cn-beijing.volces.com/api/v3", ("ARK_API_KEY",)),
        "siliconflow": Owner(
            "https://api.siliconflow.cn/v1", ("SILICONFLOW_API_KEY",), more_hosts=("api.siliconflow.com",)
        ),
        "ollama": Owner("http://127.0.0.1:11434/v1"),
        "vllm": Owner("http://127.0.0.1:8000/v1"),
        "llamacpp": Owner("http://127.0.0.1:8080/v1"),
    }
)


def host_of(base_url: str) -> str:
    """`host` or `host:port` of an address, in lower case; empty where there is none."""
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def is_loopback(base_url: str) -> bool:
    """Whether the address is this machine: nothing that is sent there leaves it."""
    try:
        name = urlsplit(base_url).hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def owner_of_host(base_url: str) -> str:
    """Name of the provider that the host belongs to; empty for any other."""
    host = host_of(base_url)
    return next((name for name, owner in OWNERS.items() if owner.key_env and host in owner.hosts), "")
