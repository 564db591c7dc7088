"""What a server does once, between loading everything and answering the first request."""

from __future__ import annotations

import gc


def settle() -> None:
    """Take what is loaded by now out of the collector's sight: it stays until the end.

    Solvers, geometry and web are some hundred thousand objects. Walking them all again takes more than a
    tenth of a second, and would come in the middle of every fifth drag on the desk.
    """
    gc.collect()
    gc.freeze()
