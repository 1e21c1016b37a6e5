"""Charts as plain dicts, each with its sentence and its table; pages call `figures.<chart>(...)`."""

from portolan.insights.figures.delivery import ageing, cumulative_flow, cycle_times, throughput, work_mix
from portolan.insights.figures.frame import Figure
from portolan.insights.figures.outlook import burn_up, finish_dates
from portolan.insights.figures.portfolio import Series, portfolio_throughput, stages

__all__ = [
    "Figure",
    "Series",
    "ageing",
    "burn_up",
    "cumulative_flow",
    "cycle_times",
    "finish_dates",
    "portfolio_throughput",
    "stages",
    "throughput",
    "work_mix",
]
