"""The teams that build products."""

from django.db import transaction

from portolan.portfolio.models import Team


@transaction.atomic
def add(*, name: str) -> Team:
    """This function will save a new team. Raises ValidationError when the name cannot be used."""
    team = Team(name=name)
    team.full_clean()
    team.save(force_insert=True)
    return team


@transaction.atomic
def rename(team: Team, *, to: str) -> Team:
    """This function will give a team another name. Raises ValidationError when it cannot be used."""
    team.name = to
    team.full_clean()
    team.save(update_fields=["name"])
    return team


@transaction.atomic
def remove(team: Team) -> None:
    """This function will delete a team; its products stay, without one."""
    Team.objects.filter(pk=team.pk).delete()
