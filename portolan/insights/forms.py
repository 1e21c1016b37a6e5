"""Which products the overview lists, as the address says it: `?stage=growth&line=Suite&health=at-risk`."""

from collections.abc import Iterable, Sequence

from django import forms

from portolan.insights.domain.health import Word
from portolan.insights.domain.standings import Standing
from portolan.portfolio.models import Stage

WORDS = {word.replace(" ", "-"): word for word in Word}
NO_LINE = "none"


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
