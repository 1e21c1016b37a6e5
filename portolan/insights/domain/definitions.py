"""What every number means: the page shows this when a number is opened.

One entry for each kind of number. `unit` is one of items, products, days, weeks, points, share (0..1, shown as %),
ratio, "items a week". A number without an entry cannot be shown (measures.Measure refuses it).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """The meaning of one kind of number, in words for the person who opens it."""

    key: str
    title: str
    unit: str
    formula: str
    inputs: str
    source: str


_VACANTI = "D. Vacanti, Actionable Agile Metrics for Predictability (2015)"
_PERCENTILE = "Hyndman and Fan, Sample Quantiles in Statistical Packages (1996), type 7; Excel PERCENTILE.INC"

ALL: dict[str, Definition] = {
    definition.key: definition
    for definition in (
        Definition(
            key="cycle_time",
            title="Cycle time",
            unit="days",
            formula="Day finished - day first started + 1, in calendar days of the organization's time zone; "
            "same day = 1. Weekends are not subtracted. A reopened item runs from first start to last finish, and "
            "counts once. Percentiles are interpolated linearly between the two nearest items.",
            inputs="Items finished in the window that were seen in progress.",
            source=f"{_VACANTI}; {_PERCENTILE}",
        ),
        Definition(
            key="lead_time",
            title="Lead time",
            unit="days",
            formula="Day finished - day created + 1, in calendar days of the organization's time zone; same day = 1. "
            "Percentiles are interpolated linearly between the two nearest items.",
            inputs="Items finished in the window.",
            source=f"D. Anderson, Kanban (2010); {_PERCENTILE}",
        ),
        Definition(
            key="throughput",
            title="Throughput",
            unit="items a week",
            formula="Items finished / closed ISO weeks. Weeks in which nothing was finished count as 0; "
            "the week that is still running is left out.",
            inputs="Items finished per ISO week (Monday to Sunday).",
            source=_VACANTI,
        ),
        Definition(
            key="throughput_trend",
            title="Throughput trend",
            unit="share",
            formula="(mean of the recent closed weeks - mean of the weeks before) / mean of the weeks before.",
            inputs="Items finished per closed ISO week of the same product; needs enough finished items to compare.",
            source="Own definition; the test against chance is B. L. Welch (1947)",
        ),
        Definition(
            key="work_in_progress",
            title="Work in progress",
            unit="items",
            formula="Items started and not finished.",
            inputs="Items in a status of the category in progress.",
            source=_VACANTI,
        ),
        Definition(
            key="work_item_age",
            title="Work item age",
            unit="days",
            formula="Today - day first started + 1, in calendar days. Unfinished items have an age, not a cycle time.",
            inputs="Items in progress now.",
            source=_VACANTI,
        ),
        Definition(
            key="ageing_share",
            title="Ageing work",
            unit="share",
            formula="Items in progress older than the 85th percentile of cycle time / items in progress.",
            inputs="Ages of the items in progress; cycle times of the items finished in the window.",
            source=_VACANTI,
        ),
        Definition(
            key="flow_efficiency",
            title="Flow efficiency",
            unit="share",
            formula="Time spent in active statuses / time from start to finish.",
            inputs="Status history of the items finished in the window, where the tracker kept it.",
            source="N. Modig and P. Ahlstrom, This is Lean (2012)",
        ),
        Definition(
            key="bug_ratio",
            title="Bug ratio",
            unit="share",
            formula="Bugs created / items created.",
            inputs="Items created in the closed weeks of the window.",
            source="Own definition; the base is items created, not items finished",
        ),
        Definition(
            key="scope_change",
            title="Scope change",
            unit="share",
            formula="(items added - items removed) / items finished. Above 100 % the remaining work grows.",
            inputs="Items that entered or left the product in the window without being finished, and items finished.",
            source="T. Magennis, Forecasting and Simulating Software Development Projects (2011), scope growth",
        ),
        Definition(
            key="unestimated_share",
            title="Unestimated work",
            unit="share",
            formula="Open items without story points / open items.",
            inputs="Items not finished.",
            source="Own definition",
        ),
        Definition(
            key="progress",
            title="Progress",
            unit="share",
            formula="Finished / all, in items, or in story points of the items that have them.",
            inputs="All items under the initiative or feature.",
            source="Own definition",
        ),
        Definition(
            key="littles_law",
            title="Little's law",
            unit="ratio",
            formula="Mean work in progress / (mean throughput per day x mean cycle time). Near 1 when the flow is "
            "steady: as much starts as finishes, and nothing is abandoned.",
            inputs="Work in progress at the end of each closed week, items finished, their mean cycle time.",
            source="J. D. C. Little, A Proof for the Queuing Formula L = lambda W (1961); Little and Graves (2008)",
        ),
        Definition(
            key="forecast_when",
            title="Forecast finish",
            unit="weeks",
            formula="Weeks of the past are drawn at random, with replacement, until the remaining items are used up; "
            "repeated for every run. P85 is the week by which 85 % of the runs have finished.",
            inputs="Remaining items, how items split, items finished (and scope added) in the last closed weeks.",
            source="T. Magennis, Forecasting and Simulating Software Development Projects (2011)",
        ),
        Definition(
            key="forecast_how_many",
            title="Forecast count",
            unit="items",
            formula="Weeks of the past are drawn at random, with replacement, as many as the period has; "
            "repeated for every run. Being 85 % sure is the 15th percentile of the sums.",
            inputs="Items finished in the last closed weeks; length of the period in weeks.",
            source="T. Magennis, Forecasting and Simulating Software Development Projects (2011)",
        ),
        Definition(
            key="health",
            title="Health",
            unit="ratio",
            formula="Weighted mean of the signals that are known, each between 0 (bad) and 1 (good). A signal "
            "without data is left out of the mean, not counted as 0; the reasons below say which.",
            inputs="Throughput trend, ageing work, milestones, age of the data, bug ratio, forecast against due date.",
            source="Own definition; weights and thresholds are listed with the reasons",
        ),
        Definition(
            key="active_products",
            title="Active products",
            unit="products",
            formula="Products that are neither archived nor retired.",
            inputs="The product list.",
            source="Own definition",
        ),
        Definition(
            key="products_at_risk",
            title="Products at risk",
            unit="products",
            formula="Active products whose health is at risk or off track. Products without data are not counted: "
            "nothing is known of them.",
            inputs="The health of every active product.",
            source="Own definition; thresholds stand with the health of each product",
        ),
        Definition(
            key="data_age",
            title="Age of the data",
            unit="days",
            formula="Now - the end of the last complete sync, of the connection that was read longest ago.",
            inputs="The last complete sync of every connection that feeds a product.",
            source="Own definition",
        ),
    )
}
