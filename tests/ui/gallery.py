"""A page that shows every component in every state, for tests and pictures only: its URLs exist nowhere else."""

import math
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from django.utils import timezone

from portolan.config import urls
from portolan.ui import tables

HERE = Path(__file__).parent

PRODUCTS = [
    ("Beacon", "Grow", "good", "All four milestones reached in time", 0.82, 1_240_000, 0.18),
    ("Ledger Cloud", "Sustain", "watch", "Cycle time up 40 % in six weeks", 0.46, 4_180_000, -0.045),
    ("Harbour", "Explore", "bad", "Forecast P85 is 31 days past the launch date", 0.21, None, None),
    ("Tidewater Analytics for Regulated Industries", "Grow", "", "No work mapped to it yet", None, 96_400, 0.0),
]
COLUMNS = [
    tables.Column(key="name", label="Product"),
    tables.Column(key="stage", label="Stage"),
    tables.Column(key="health", label="Health", is_sortable=False),
    tables.Column(key="progress", label="Progress", is_figure=True),
    tables.Column(key="trend", label="12 weeks", is_sortable=False),
    tables.Column(key="revenue", label="Revenue", is_figure=True, help="Annual recurring revenue"),
]


class ProductForm(forms.Form):
    name = forms.CharField(label="Name", max_length=80)
    thesis = forms.CharField(label="Investment thesis", widget=forms.Textarea(attrs={"rows": 3}), required=False,
                             help_text="Why this product deserves money, in two sentences.")  # fmt: skip
    stage = forms.ChoiceField(label="Stage", choices=[("explore", "Explore"), ("grow", "Grow"), ("sustain", "Sustain")])
    starts_on = forms.DateField(label="Starts on", widget=forms.DateInput(attrs={"type": "date"}))
    is_shared = forms.BooleanField(label="A shared platform that other products stand on", required=False)
    horizon = forms.ChoiceField(
        label="Horizon", choices=[("1", "Now"), ("2", "Next"), ("3", "Later")], widget=forms.RadioSelect
    )


def weeks(count):
    return [f"2026-W{week:02}" for week in range(1, count + 1)]


def wave(seed, count, *, base=20, swing=8, slope=0.0):
    return [round(base + swing * math.sin(seed + place / 3) + slope * place, 1) for place in range(count)]


def figures():
    labels = [f"2026-{month:02}-01" for month in range(1, 13)]
    lines = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": labels,
            "y": wave(hue, 12, base=18 + 3 * hue),
            "meta": {"hue": hue, "label": True},
        }
        for hue, name in enumerate(["Beacon", "Ledger Cloud", "Harbour", "Tidewater"], start=1)
    ]
    flow = [
        {
            "type": "scatter",
            "mode": "lines",
            "stackgroup": "one",
            "name": name,
            "x": labels,
            "y": wave(seed, 12, base=base, slope=slope),
            "meta": {"tone": tone, "label": True},
        }
        for seed, (name, tone, base, slope) in enumerate(
            [("Done", "accent", 20, 9), ("In progress", "soft", 16, 0), ("To do", "faint", 40, -2)]
        )
    ]
    bars = [{"type": "bar", "name": "Finished", "x": weeks(16), "y": wave(2, 16), "meta": {"tone": "accent"}}]
    dots = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "Items",
            "x": labels * 3,
            "y": wave(1, 36, base=12, swing=9),
            "meta": {"hue": 3},
        },
    ]
    shapes = [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 18, "y1": 18}]
    level = {"xref": "paper", "x": 1, "y": 18, "text": "85 % within 18 days", "xanchor": "right", "yanchor": "bottom"}
    days = {"yaxis": {"title": {"text": "Cycle time, days"}}, "shapes": shapes, "annotations": [level]}
    return {
        "lines": shown(lines, "Tidewater finishes most since October.", yaxis={"title": {"text": "Items a week"}}),
        "flow": shown(flow, "Work in progress is steady while what is done grows."),
        "bars": shown(bars, "Between 12 and 28 items were finished each week."),
        "dots": shown(dots, "Most items take under 18 days.", **days),
        "nothing": shown([], "Nothing was finished in this time."),
    }


def shown(traces, sentence, **layout):
    rows = list(zip(traces[0]["x"], *(trace["y"] for trace in traces), strict=True)) if traces else []
    columns = ["Time", *(trace["name"] for trace in traces)]
    figure = {"data": traces, "layout": layout}
    return SimpleNamespace(figure=figure, sentence=sentence, columns=columns, rows=rows, is_empty=not traces)


def cast():
    organization = SimpleNamespace(id=1, name="Northwind Software", slug="northwind", currency="USD")
    other = SimpleNamespace(id=2, name="Aster Labs", slug="aster")
    ada = SimpleNamespace(name="Ada Lindqvist", email="ada@northwind.example")
    member = SimpleNamespace(user=ada, get_role_display="Owner")
    memberships = [SimpleNamespace(organization=organization), SimpleNamespace(organization=other)]
    return {"organization": organization, "user": ada, "member": member, "memberships": memberships}


def gallery(request):
    now = timezone.now()
    bound = ProductForm(
        {"name": "", "thesis": "Harbour turns our ports data into a product.", "stage": "grow", "starts_on": "soon"}
    )
    products = [
        {"name": name, "stage": stage, "health": level, "reason": reason, "progress": progress, "revenue": revenue,
         "change": change, "spark": wave(hue, 12), "hue": hue}
        for hue, (name, stage, level, reason, progress, revenue, change) in enumerate(PRODUCTS, start=1)
    ]  # fmt: skip
    context = cast() | {
        "products": products,
        "columns": COLUMNS,
        "sort": tables.sort_asked(request.GET.get("sort"), columns=COLUMNS, otherwise="name"),
        "form": ProductForm(initial={"stage": "grow"}, auto_id="fresh_%s"),
        "bound": bound,
        "figures": figures(),
        "page": Paginator(range(1234), 50).page(3),
        "minutes_ago": now - timedelta(minutes=4),
        "days_ago": now - timedelta(days=3),
        "left": timedelta(minutes=3),
        "spark": wave(3, 24, slope=0.4),
        "hues": range(1, 13),
    }
    return draw(request, "gallery.html", context)


def draw(request, name, context):
    return HttpResponse(engines["django"].from_string((HERE / name).read_text()).render(context, request))


def revenue(request):
    return HttpResponse(engines["django"].from_string(
        '{% explanation title="Annual recurring revenue" formula="Sum over active subscriptions of monthly price × 12" '
        'inputs=inputs source="38 subscriptions" at=at %}'
    ).render({"inputs": [("Beacon", "$1.2M"), ("Ledger Cloud", "$4.2M")], "at": timezone.now()}, request))  # fmt: skip


class ThesisForm(forms.Form):
    thesis = forms.CharField(label="Investment thesis", max_length=40)


def thesis(request):
    """Edit one value in place, as every page does it: GET gives the form, POST the value or 422 and the form."""
    url, old = request.path, "Own the harbour data"
    edit = engines["django"].from_string("{% in_place_form url=url field=form.thesis %}")
    if request.method == "GET":
        return HttpResponse(edit.render({"url": url, "form": ThesisForm({"thesis": old})}, request))
    form = ThesisForm(request.POST)
    if not form.is_valid():
        return HttpResponse(edit.render({"url": url, "form": form}, request), status=422)
    shown = engines["django"].from_string(
        '{% in_place url=url label="Investment thesis" value=value %}'
        '{% toast "Thesis saved" undo_url=url undo_values=undo is_swapped=True %}'
    )
    return HttpResponse(
        shown.render({"url": url, "value": form.cleaned_data["thesis"], "undo": {"thesis": old}}, request)
    )


urlpatterns = [
    path("gallery/", gallery),
    path("gallery/revenue/", revenue),
    path("gallery/thesis/", thesis),
    *urls.urlpatterns,
]
