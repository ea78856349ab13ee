"""`python -m evaluator` is the command `evaluator`."""

from evaluator.cli.main import run

if __name__ == "__main__":
    run()
