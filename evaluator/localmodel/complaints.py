"""What is said where the model cannot be started: each a problem, what it means, and what to do."""

from __future__ import annotations

from pathlib import Path

from evaluator.errors import Problem, Words


def waiting(holder: str) -> Words:
    """Another process has its turn."""
    return Words(
        f"本机模型正被另一个进程（{holder}）使用，排队等待…",
        f"process {holder} is using the model on this machine, waiting for my turn…",
    )


def busy(holder: str, waited: float) -> Problem:
    """The turn never came."""
    return Problem(
        Words(
            f"等了 {waited:.0f} 秒，本机模型仍被进程 {holder} 占用",
            f"process {holder} still uses the model on this machine after {waited:.0f} s",
        ),
        hint=Words("等它结束，或先停掉它", "wait for it to end, or stop it"),
    )


def other_model(name: str, pid: int) -> Problem:
    """`model serve` runs, but not this model."""
    return Problem(
        Words(
            f"evaluator model serve 正在运行另一个模型 {name}（进程 {pid}）",
            f"evaluator model serve runs another model, {name} (process {pid})",
        ),
        hint=Words(
            f"停掉它，或设 EVALUATOR_LOCAL_MODEL={name} 改用它", f"stop it, or set EVALUATOR_LOCAL_MODEL={name}"
        ),
    )


def already_served(name: str, base_url: str, pid: int) -> Problem:
    """A second `model serve`."""
    return Problem(
        Words(
            f"模型 {name} 已在 {base_url} 提供服务（进程 {pid}）",
            f"the model {name} is served at {base_url} already (process {pid})",
        ),
        hint=Words("直接使用它，或先停掉它", "use that one, or stop it first"),
    )


def no_start(code: int | None, log: Path, tail: str) -> Problem:
    """The child died (`code`) or was not ready in time (None)."""
    zh = f"本机模型没能启动（{'超时' if code is None else f'退出码 {code}'}）"
    en = f"the model on this machine did not start ({'time-out' if code is None else f'exit code {code}'})"
    return Problem(
        Words(f"{zh}；日志末尾：\n{tail}", f"{en}; the log ends:\n{tail}") if tail else Words(zh, en),
        file=str(log),
        hint=Words(
            "重新下载模型文件（evaluator model remove 后再 pull），或换小一些的模型",
            "fetch the file again (evaluator model remove, then pull), or take a smaller model",
        ),
    )


def no_library(tail: str = "") -> Problem:
    """The extra is not installed, or its library cannot be loaded here (`tail` tells)."""
    return Problem(
        Words(
            "没有安装运行本机模型的库 xllamacpp" + (f"：{tail}" if tail else ""),
            "xllamacpp, which runs the model on this machine, is not installed" + (f": {tail}" if tail else ""),
        ),
        hint=Words('运行 pip install "answer-evaluator[local]"', 'run: pip install "answer-evaluator[local]"'),
    )
