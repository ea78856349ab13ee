"""`evaluator`: the commands, one a file, and what every command shares: errors in words, exit codes.

Exit codes: 0 ok, 1 findings, 2 usage or file, 3 some rows failed, 4 provider, 130 interrupted.
"""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer

from evaluator.cli import (
    audit,
    batch,
    calibrate,
    config,
    demo,
    doctor,
    history,
    model,
    paper,
    rescore,
    rubric,
    score,
    serve,
)
from evaluator.cli.terminal import language, note
from evaluator.errors import EvaluatorError, JudgeError, StoreError, UserError
from evaluator.version import __version__

app = typer.Typer(
    name="evaluator",
    help="按评分细则给文字答案评分：逐个得分点判断，附依据。Score free-text answers against rubrics, with evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: starts three times as fast and never cuts Chinese text short
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("score")(score.score)
app.command("rescore")(rescore.rescore)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.command("calibrate")(calibrate.calibrate)
app.add_typer(batch.app, name="batch")
app.add_typer(paper.app, name="paper")
app.add_typer(rubric.app, name="rubric")
app.add_typer(model.app, name="model")
app.add_typer(history.app, name="history")
app.add_typer(audit.app, name="audit")
app.add_typer(config.app, name="config")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="版本 / version")
    ] = False,
) -> None:
    """按评分细则给文字答案评分。"""


def run() -> None:
    """The console script: every error that is ours becomes words and an exit code, none a traceback.

    Being told to end (SIGTERM) is taken as Ctrl-C, so that whatever must be put in order on the way out is.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except UserError as error:
        note(error.text(language()))
        sys.exit(2)
    except JudgeError as error:
        note(str(error))
        sys.exit(4)
    except StoreError as error:
        note(error.text(language()))
        sys.exit(2)
    except EvaluatorError as error:
        note(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
