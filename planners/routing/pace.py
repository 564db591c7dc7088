"""How much counted work a second of solving time stands for, on a slow machine."""

from __future__ import annotations

from typing import Literal, get_args

from planners.routing.kernel import compiled
from planners.stop import Stop

Engine = Literal["hybrid", "ortools"]

#: Engines by name, the default first: the kernel and then OR-Tools routing, or OR-Tools routing alone.
ENGINES: tuple[Engine, ...] = get_args(Engine)

#: Work OR-Tools does in a second, times the squared number of stops, at half the speed measured on a shared
#: core.
_WORK_PER_SECOND = 400_000
#: Seconds a piece of the kernel's work takes, on a core of half the speed measured: at least, and with the
#: squared number of stops.
_KERNEL_SECONDS, _KERNEL_SECONDS_BY_SQUARED_STOPS = 0.007, 0.7e-6
#: Work at least, however short the time.
_LEAST_WORK = 20


def has_kernel(engine: Engine) -> bool:
    """Whether the engine begins with the compiled kernel."""
    return engine == "hybrid" and compiled.AVAILABLE


def kernel_pace(n_stops: int) -> float:
    """Pieces of the kernel's work in a second."""
    return 1 / (_KERNEL_SECONDS + _KERNEL_SECONDS_BY_SQUARED_STOPS * n_stops**2)


def pace(n_stops: int, engine: Engine) -> float:
    """Pieces of the engine's work in a second."""
    return kernel_pace(n_stops) if has_kernel(engine) else _WORK_PER_SECOND / max(35, n_stops) ** 2


def default_stop(
    n_stops: int, *, seconds: float = 5.0, engine: Engine = "hybrid", slower: float = 1.0
) -> Stop:
    """A stop whose work ends well inside the seconds on a usual machine, so that the seed alone decides.

    Parameters
    ----------
    n_stops
        Number of stops in the problem.
    seconds
        What the work is worth on a slow machine.
    engine
        Which of `ENGINES` it is for; they do not work at the same pace.
    slower
        The clock ends the search only on a machine that takes so many times as long, such as one that is
        busy with something else.
    """
    return Stop(seconds=slower * seconds, work=max(_LEAST_WORK, int(seconds * pace(n_stops, engine))))


def worth_seconds(stop: Stop, n_stops: int, engine: Engine) -> float:
    """Seconds that a stop's counted work stands for; without any, its own."""
    return stop.seconds if stop.work is None else min(stop.seconds, stop.work / pace(n_stops, engine))
