"""Python's garbage collector, told what we know: what was loaded at start stays, and a request leaves little behind."""

import gc

YOUNG = 20_000
"""Objects between two looks at the youngest generation: a few requests' worth, where the default is a part of one."""


def settle() -> None:
    """Call once, when a process is ready: everything there is now is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
