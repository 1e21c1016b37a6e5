"""What a page shows, as its address says it: `?stage=growth&line=Suite&health=at-risk`, `?weeks=52&team=…`."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from portolan.insights.domain import delivery
from portolan.insights.domain.health import Word
from portolan.insights.domain.standings import Standing
from portolan.portfolio.models import Stage, Team

WORDS = {word.replace(" ", "-"): word for word in Word}
NO_LINE = NO_TEAM = "none"


class StandingFilter(forms.Form):
    """Narrows the table of products; what the address does not know narrows nothing."""

    stage = forms.ChoiceField(label="Stage", required=False)
    line = forms.ChoiceField(label="Line", required=False)
    health = forms.ChoiceField(label="Health", required=False)

    def __init__(self, asked: object, *, products: Sequence[Standing]) -> None:
        super().__init__(asked)
        present = {product.stage for product in products}
        lines = sorted({product.line for product in products if product.line}, key=str.casefold)
        self.fields["stage"].choices = [
            ("", "Any stage"),
            *((stage.value, stage.label) for stage in Stage if stage.label in present),
        ]
        self.fields["line"].choices = [("", "Any line"), *((line, line) for line in lines), (NO_LINE, "No line")]
        self.fields["health"].choices = [
            ("", "Any health"),
            *((key, word.capitalize()) for key, word in WORDS.items()),
        ]
        self.has_lines = bool(lines)

    def narrow(self, products: Iterable[Standing]) -> list[Standing]:
        """This function will keep the products that the address asks for."""
        self.full_clean()
        asked = self.cleaned_data
        stage, word = dict(Stage.choices).get(asked.get("stage", "")), WORDS.get(asked.get("health", ""))
        line = asked.get("line", "")
        return [
            product
            for product in products
            if (not stage or product.stage == stage)
            and (not word or product.health.word is word)
            and (not line or product.line == ("" if line == NO_LINE else line))
        ]

    @property
    def is_narrowed(self) -> bool:
        """Whether the address asks for less than every product."""
        return any(self.cleaned_data.get(name) for name in self.fields)


class WindowForm(forms.Form):
    """How many weeks a product's delivery is shown for, and of which team; what the address does not know is the usual."""

    weeks = forms.TypedChoiceField(
        label="Weeks",
        required=False,
        coerce=int,
        choices=[(13, "Last 13 weeks"), (26, "Last 26 weeks"), (52, "Last year"), (157, "Last three years")],
    )
    team = forms.ChoiceField(label="Team", required=False)

    def __init__(self, asked: QueryDict) -> None:
        super().__init__({"weeks": asked.get("weeks") or delivery.USUAL_WINDOW, "team": asked.get("team", "")})
        weeks = str(asked.get("weeks", ""))
        self.window = next((window for window in delivery.WINDOWS if str(window) == weeks), delivery.USUAL_WINDOW)
        self.data["weeks"] = self.window
        self.team = str(asked.get("team", ""))

    def offer(self, *, teams: Iterable[Team], has_teamless: bool) -> None:
        """This function will offer the teams whose work is known."""
        known = [(str(team.id), team.name) for team in teams]
        none = [(NO_TEAM, "No team")] if has_teamless else []
        self.fields["team"].choices = [("", "All teams"), *known, *none]
        self.has_teams = bool(known)
        if self.team not in {key for key, _ in (*known, *none)}:
            self.team = self.data["team"] = ""

    @property
    def address(self) -> str:
        """What a number's address needs to show the same weeks of the same team."""
        return urlencode({"weeks": self.window} | ({"team": self.team} if self.team else {}))
