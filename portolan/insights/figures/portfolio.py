"""Many products side by side: what they finish, and the stages they are in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portolan.insights.domain import periods
from portolan.insights.domain.measures import counted, spoken
from portolan.insights.figures import frame
from portolan.insights.figures.frame import Figure

# More hues than this in one stack, and nobody finds theirs; the rest is shown together.
MOST_PRODUCTS = 7


@dataclass(frozen=True, slots=True)
class Series:
    """One product's finished items, week by week, in the product's hue."""

    name: str
    hue: int
    counts: Sequence[int]


def portfolio_throughput(weeks: Sequence[date], *, products: Sequence[Series], as_of: date) -> Figure:
    """This function will stack the items finished by product, each in its hue; the largest by name, the rest as one."""
    if not weeks or not any(sum(product.counts) for product in products):
        return frame.nothing("Nothing was finished in this time.")
    ranked = sorted(products, key=lambda product: (-sum(product.counts), product.name))
    ranked = [product for product in ranked if sum(product.counts)]
    shown, rest = ranked[:MOST_PRODUCTS], ranked[MOST_PRODUCTS:]
    opacity = [frame.PARTIAL_OPACITY if periods.is_open(week, as_of=as_of) else 1 for week in weeks]
    traces = [
        frame.stacked(product.name, weeks, product.counts, opacity) | {"meta": {"hue": product.hue}}
        for product in shown
    ]
    if rest:
        sums = [sum(column) for column in zip(*(product.counts for product in rest), strict=True)]
        name = counted(len(rest), "other product")
        traces.append(frame.stacked(name, weeks, sums, opacity) | {"meta": {"tone": "faint"}})
    total = sum(sum(product.counts) for product in ranked)
    most = ranked[0]
    share = spoken(sum(most.counts) / total, unit="share")
    return Figure(
        data=tuple(traces),
        layout=frame.layout(y="Items finished", x_type="date") | {"barmode": "stack"},
        sentence=f"{counted(len(ranked), 'product')} finished {counted(total, 'item')} in {counted(len(weeks), 'week')}; "
        f"{most.name} the most, {share}.",
        columns=("Week", *(trace["name"] for trace in traces)),
        rows=tuple(
            (periods.week_label(week), *(str(trace["y"][n]) for trace in traces)) for n, week in enumerate(weeks)
        ),
    )


def stages(counts: Mapping[str, int]) -> Figure:
    """This function will draw how many products are in each stage, in the order given."""
    total = sum(counts.values())
    if not total:
        return frame.nothing("There is no product yet.")
    bars = {
        "type": "bar",
        "orientation": "h",
        "name": "Products",
        "x": list(counts.values()),
        "y": list(counts),
        "text": [str(count) if count else "" for count in counts.values()],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{x}<extra></extra>",
        "meta": {"tone": "accent"},
    }
    layout = frame.layout(y="", x="Products") | {"hovermode": "closest"}
    layout["xaxis"] |= {"rangemode": "tozero", "visible": False}
    layout["yaxis"] = {"autorange": "reversed", "type": "category"}
    largest = max(counts, key=lambda stage: counts[stage])
    return Figure(
        data=(bars,),
        layout=layout,
        sentence=f"{counted(total, 'product')} in {counted(sum(map(bool, counts.values())), 'stage')}, "
        f"most of them in {largest} ({counts[largest]}).",
        columns=("Stage", "Products"),
        rows=tuple((stage, str(count)) for stage, count in counts.items()),
    )
