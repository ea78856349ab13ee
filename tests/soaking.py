"""How much of what is made at random: a part of it in every run of the tests, all of it with `make soak`."""

import os


def often(always: int, soak: int) -> int:
    """`soak` while soaking, else `always`."""
    return soak if os.environ.get("SOAK") == "1" else always
