"""Components declare their props, escape what they are given, and never leave a number without its reason."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory
from django.utils import timezone

from portolan.ui import htmx, sparklines, tables


def draw(source, *, path="/acme/products/", cookies=None, **context):
    request = RequestFactory().get(path)
    request.COOKIES |= cookies or {}
    return engines["django"].from_string(source).render(context, request)


def test_an_unknown_prop_is_refused():
    with pytest.raises(TemplateSyntaxError, match="unexpected keyword argument 'colour'"):
        draw('{% badge "Grow" colour="red" %}')


def test_an_unknown_icon_is_refused():
    with pytest.raises(TemplateSyntaxError, match="name of an icon"):
        draw('{% icon "no-such-icon" %}')


@pytest.mark.parametrize(
    "source",
    [
        "{% badge evil %}",
        '{% health "bad" reasons=evil %}',
        "{% person evil %}",
        "{% missing evil %}",
        '{% kpi label=evil value=evil note=evil href="/x" %}',
        "{% section evil note=evil %}{{ evil }}{% endsection %}",
        "{% page_header evil subtitle=evil %}{% endpage_header %}",
        '{% in_place url="/x" label=evil value=evil %}',
        '{% toast evil undo_url="/x" undo_values=values %}',
        '{% chart figure id="x" %}',
    ],
)
def test_what_people_wrote_is_escaped(source):
    evil = "<img src=x onerror=alert(1)>"
    figure = SimpleNamespace(figure={"data": [evil]}, sentence=evil, columns=[evil], rows=[[evil]], is_empty=False)
    drawn = draw(source, evil=evil, values={"thesis": evil}, figure=figure)
    assert "<img" not in drawn
    assert "img src=x" in drawn


def test_health_without_a_reason_is_refused():
    with pytest.raises(ValueError, match="reason"):
        draw('{% health "good" reasons=none %}', none=[])


def test_health_says_its_word_and_its_reasons():
    drawn = draw('{% health "watch" reasons=reasons %}', reasons=["Late", "Stale"])
    assert 'data-tone="watch"' in drawn
    assert "At risk" in drawn
    assert "Late; Stale" in drawn


def test_a_figure_without_a_value_needs_its_reason():
    with pytest.raises(TemplateSyntaxError, match="say why"):
        draw('{% kpi label="Forecast" value=None %}')
    assert "n/a" in draw('{% kpi label="Forecast" missing="Fewer than six weeks." %}')


def test_stale_things_look_stale():
    old = timezone.now() - timedelta(days=3)
    assert "age-stale" in draw("{% timestamp old stale_after_hours=24 %}", old=old)
    assert "age-stale" not in draw("{% timestamp old stale_after_hours=24 %}", old=timezone.now())


def test_the_theme_is_what_the_cookie_says_and_nothing_else():
    assert draw("<html{% theme_attribute %}>", cookies={"theme": "dark"}) == '<html data-bs-theme="dark">'
    assert draw("<html{% theme_attribute %}>", cookies={"theme": '"><script>'}) == "<html>"
    assert engines["django"].from_string("<html{% theme_attribute %}>").render({}) == "<html>"


COLUMNS = [
    tables.Column(key="name", label="Name"),
    tables.Column(key="revenue", label="Revenue", is_figure=True),
    tables.Column(key="notes", label="Notes", is_sortable=False),
]


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("revenue", "revenue"),
        ("-revenue", "-revenue"),
        ("notes", "name"),
        ("password", "name"),
        ("--name", "name"),
        (None, "name"),
    ],
)
def test_only_declared_columns_sort(asked, order):
    assert str(tables.sort_asked(asked, columns=COLUMNS, otherwise="name")) == order


def test_headings_sort_by_link_and_keep_the_filters():
    sort = tables.sort_asked("name", columns=COLUMNS, otherwise="name")
    drawn = draw(
        '{% table caption="Products" columns=columns sort=sort %}<tr></tr>{% endtable %}',
        path="/acme/products/?stage=grow&page=3&sort=name",
        columns=COLUMNS,
        sort=sort,
    )
    assert 'href="?stage=grow&amp;sort=-name"' in drawn
    assert 'href="?stage=grow&amp;sort=revenue"' in drawn
    assert drawn.count('aria-sort="ascending"') == 1
    assert "sort=notes" not in drawn


class ThesisForm(forms.Form):
    thesis = forms.CharField(
        label="Thesis", help_text="Two sentences.", widget=forms.TextInput(attrs={"placeholder": "Thesis"})
    )


def test_a_refused_field_names_its_error_and_its_help():
    drawn = draw("{% field form.thesis %}", form=ThesisForm({"thesis": ""}))
    assert 'aria-describedby="id_thesis_help id_thesis_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_thesis_error"' in drawn
    assert "placeholder" not in drawn


def test_a_sparkline_leaves_gaps_and_needs_two_values():
    assert sparklines.draw([1]) is None
    assert sparklines.draw([None, 1, None]) is None
    assert sparklines.draw([0, 1]).d == "M3.0 21.0L93.0 3.0"
    assert sparklines.draw([0, 0]).d == "M3.0 12.0L93.0 12.0"
    assert sparklines.draw([0, None, 1, 1]).d.count("M") == 2


def test_an_error_page_needs_no_context():
    template = engines["django"].get_template("500.html")
    assert "Something broke on our side" in template.render()


def test_a_fragment_request_gets_the_partial_and_a_visit_the_page(settings, tmp_path):
    (tmp_path / "list.html").write_text("page {% partialdef rows inline %}rows {{ word }}{% endpartialdef %}")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    visit, swap = RequestFactory().get("/"), RequestFactory().get("/", headers={"HX-Request": "true"})
    whole = htmx.answer(visit, "list.html", {"word": "calm"}, partial="rows")
    part = htmx.answer(swap, "list.html", {"word": "calm"}, partial="rows", status=422)
    assert (whole.status_code, whole.content) == (200, b"page rows calm")
    assert (part.status_code, part.content) == (422, b"rows calm")
    assert part["Vary"] == whole["Vary"] == "HX-Request, HX-Target"


def test_a_timestamp_shows_the_exact_moment_in_the_zone_in_force():
    moment = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
    with timezone.override("Europe/Stockholm"):
        assert 'title="6 Jan 2026, 00:30 CET"' in draw("{% timestamp moment %}", moment=moment)


@pytest.mark.urls("tests.ui.gallery")
def test_every_component_draws(client):
    answer = client.get("/gallery/")
    assert answer.status_code == 200
    assert answer.content.decode().count("<h2") > 12
