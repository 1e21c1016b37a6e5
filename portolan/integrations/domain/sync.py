"""One run of the sync, from its claim to its outcome: words, changes, now and then a census, and the adding up.

Each page is one transaction that begins with the run's beat and ends with the cursor: a killed worker loses at most the
page it was loading, and the next runner goes on from the cursor.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from portolan.integrations import signals
from portolan.integrations.domain import census, changes, connections, cursors, opening, replay, rollups, runs, vendors
from portolan.integrations.domain.desk import Clock, Desk
from portolan.integrations.models import Connection, Cursor, SyncRun
from portolan.integrations.models.runs import Mode, Phase, State
from portolan.integrations.provider import CredentialsRefused, ProviderError, Retry, Throttled
from portolan.integrations.vault import CannotOpen
from portolan.tenancy.scope import organization_scope

DRIFT_CENSUS_EVERY = timedelta(hours=1)


def carry(
    run_id: UUID,
    *,
    organization_id: UUID,
    clock: Clock,
    after_page: Callable[[], None] | None = None,
    runner: UUID | None = None,
    turn: timedelta | None = None,
) -> SyncRun | None:
    """This function will carry a run as far as it goes now: to its end, or to a wait. None: it was not ours to run.

    `runner` is the word by which it is claimed. With a `turn` it is queued again at the end of the vendor's page at which
    it has worked so long. Expected trouble (the vendor's, a cancellation, a second runner) ends in the run's state;
    anything else is raised. Called outside of any transaction: it opens its own around each page.
    """
    with organization_scope(organization_id):
        began_at = clock()
        run = runs.claim(run_id, at=began_at, runner=runner)
    if run is None:
        return None
    try:
        until = None if turn is None else began_at + turn
        _work(run, organization_id=organization_id, clock=clock, after_page=after_page, until=until)
        end: Callable[[datetime], None] = lambda at: runs.succeed(run, at=at)  # noqa: E731
    except runs.Superseded:
        return None
    except runs.TurnOver:
        end = lambda at: runs.pass_on(run)  # noqa: E731
    except runs.Cancelled:
        end = lambda at: runs.give_up(run, at=at)  # noqa: E731
    except (ProviderError, CannotOpen) as error:
        end = _ending(run, error)
    try:
        _roll_up(run, organization_id=organization_id, clock=clock)
        with organization_scope(organization_id):
            end(clock())
    except runs.Superseded:
        return None
    return run


def abandon(run_id: UUID, *, organization_id: UUID, runner: UUID, at: datetime) -> None:
    """This function will end a run that met an error of our own, so that it does not look alive; one that another runner
    has, it leaves alone."""
    with organization_scope(organization_id):
        run = SyncRun.objects.filter(pk=run_id, state=State.RUNNING, runner=runner).first()
        if run is not None:
            runs.fail(
                run, at=at, why="Something went wrong on our side and is in the log. Resume goes on where it stopped."
            )


def _work(
    run: SyncRun,
    *,
    organization_id: UUID,
    clock: Clock,
    after_page: Callable[[], None] | None,
    until: datetime | None,
) -> None:
    with organization_scope(organization_id):
        access = vendors.access(run.connection)
    with (
        vendors.opened(access) as client,
        Desk(run, organization_id=organization_id, clock=clock, provider=client) as desk,
    ):
        desk.after_page, desk.until = after_page or desk.after_page, until
        with desk.page():
            desk.choose()
        if run.mode == Mode.REMAP:
            replay.follow_mappings(desk)
            replay.follow_choices(desk)
            return
        server_time = opening.ask(desk)
        with desk.page():
            desk.choose()  # again: the vendor's words may have changed
        replay.follow_mappings(desk)
        replay.follow_choices(desk)
        changes.read(desk, server_time=server_time)
        if _wants_census(desk, server_time=server_time):
            census.refresh_matches(desk)
            census.take(desk, server_time=server_time)
        with desk.page():
            Connection.objects.filter(pk=run.connection_id).exclude(time_style=client.time_style or "").update(
                time_style=client.time_style or ""
            )


def _wants_census(desk: Desk, *, server_time: datetime) -> bool:
    if desk.run.mode in (Mode.CENSUS, Mode.FULL):
        return True
    with desk.page():
        cursor = cursors.of(desk.connection, Cursor.Stream.CENSUS)
    if cursor.run_id == desk.run.pk:
        return True  # this run had begun one
    if cursor.watermark and server_time - cursor.watermark < DRIFT_CENSUS_EVERY:
        return False
    return census.is_due(desk)


def _ending(run: SyncRun, error: ProviderError | CannotOpen) -> Callable[[datetime], None]:
    """What becomes of a run that met this trouble."""
    if isinstance(error, CannotOpen):
        return lambda at: runs.refuse(run, at=at, why=f"The token cannot be opened. {error} Enter it again.")
    if isinstance(error, CredentialsRefused):
        return lambda at: runs.refuse(run, at=at, why=error.message)
    if isinstance(error, Throttled):
        return lambda at: _be_quiet(run, error, at=at)
    if error.retry is Retry.LATER:
        return lambda at: runs.retry_or_fail(run, at=at, after=error.after, why=error.message)
    return lambda at: runs.fail(run, at=at, why=error.message)


def _be_quiet(run: SyncRun, error: Throttled, *, at: datetime) -> None:
    until = at + timedelta(seconds=error.after)
    connections.keep_quiet(run.connection, until=until, reason=error.message)
    runs.wait(run, at=at, until=until, why=error.message)


def _roll_up(run: SyncRun, *, organization_id: UUID, clock: Clock) -> None:
    """Also when a run ends early: what it loaded is true, and pages show it."""
    products = sorted(UUID(product) for product in run.affected_products)
    for product in products:
        with organization_scope(organization_id):
            runs.hold(run, at=clock(), phase=Phase.ROLLUPS)
            rollups.refresh(product_ids=[product])
    if products:
        with organization_scope(organization_id):
            runs.hold(run, at=clock(), phase=Phase.ROLLUPS)
            runs.settle(run)
            signals.work_synced.send(Connection, connection=run.connection, product_ids=frozenset(products))
