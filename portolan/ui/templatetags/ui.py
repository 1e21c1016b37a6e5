"""Components: `{% load ui %}`, then `{% kpi label="Revenue" value=… %}`. An unknown prop is a TemplateSyntaxError.

Each tag draws templates/ui/<tag>.html, whose opening comment says what the props mean; the smallest ones, which a
table draws by the hundred, are written in ui/inline.py. Words that a page writes are
props; markup that a page writes stands between the tag and its end tag.
"""

import json
from functools import cache

from django import template
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portolan.ui import formats, icons, inline, sparklines

register = template.Library()

TONES = {"", "good", "watch", "bad"}
THEMES = {"light", "dark"}


@cache
def compiled(name: str):
    return get_template(f"ui/{name}.html").template


def draw(name: str, /, **context: object) -> SafeString:
    # A table of two hundred products draws a thousand components: finding the template each time would cost more than
    # rendering it.
    return compiled(name).render(template.Context(context))


def one_of(value: str, allowed, *, prop: str) -> str:
    if value not in allowed:
        raise template.TemplateSyntaxError(f"{prop} is one of {', '.join(sorted(allowed))}, not {value!r}.")
    return value


# The frame


@register.simple_tag(takes_context=True)
def theme_attribute(context):
    """Write the reader's chosen theme on <html>, so that no page flashes in the wrong one; nothing if they never chose."""
    request = context.get("request")
    theme = request.COOKIES.get("theme") if request else None
    return format_html(' data-bs-theme="{}"', theme) if theme in THEMES else ""


@register.simple_tag(takes_context=True)
def rail_link(context, text, url, *, icon, key="", is_exact=False):
    path = context["request"].path
    current = "page" if path == url else "true" if not is_exact and path.startswith(url) else ""
    return draw("rail_link", text=text, url=url, icon=icon, key=key, current=current)


@register.simple_tag
def icon(name, *, size="", label=""):
    one_of(name, icons.names(), prop="The name of an icon")
    return inline.icon(name, size=one_of(size, {"", "small", "large"}, prop="size"), label=label)


# Headings and surfaces


@register.simple_block_tag
def page_header(content, title, *, subtitle="", back_url="", back_text="", hue=None):
    return draw(
        "page_header", actions=content, title=title, subtitle=subtitle, back_url=back_url, back_text=back_text, hue=hue
    )


@register.simple_block_tag
def section(content, title, *, note="", id="", link_url="", link_text=""):
    return draw("section", content=content, title=title, note=note, id=id, link_url=link_url, link_text=link_text)


@register.simple_block_tag
def panel(content, *, hue=None):
    return draw("panel", content=content, hue=hue)


@register.simple_block_tag
def notice(content, *, tone="", icon=""):
    return draw("notice", content=content, tone=one_of(tone, TONES, prop="tone"), icon=icon)


@register.simple_block_tag
def empty_state(content, title, *, text="", icon="compass"):
    return draw("empty_state", actions=content, title=title, text=text, icon=icon)


# Numbers


@register.simple_block_tag
def kpis(content):
    return draw("kpis", content=content)


@register.simple_tag
def kpi(*, label, value=None, change=None, compared_to="", spark=(), href="", note="", missing="", exact=""):
    """Draw one key figure; `value` is already formatted, None or "n/a" needs `missing`, the reason."""
    if value in (None, "", formats.NOT_AVAILABLE) and not missing:
        raise template.TemplateSyntaxError(f"The figure {label!r} has no value: say why with missing=.")
    shown = None if value in (None, "", formats.NOT_AVAILABLE) else value
    return draw("kpi", label=label, value=shown, change=change, compared_to=compared_to, line=sparklines.draw(spark or ()),
                href=href, note=note, missing=missing, exact=exact)  # fmt: skip


@register.simple_tag
def change(ratio, *, compared_to="before"):
    return inline.change(ratio, compared_to=compared_to)


@register.simple_tag
def sparkline(values, *, label, hue=None):
    """Draw a small line; `label` says in words what it shows, because a picture alone says nothing to a screen reader."""
    return inline.sparkline(values, label=label, hue=hue)


@register.simple_tag
def missing(reason):
    return inline.missing(reason)


@register.simple_tag
def explanation(*, title, formula, inputs, source, at=None, note=""):
    return draw("explanation", title=title, formula=formula, inputs=inputs, source=source, at=at, note=note)


# Words with a meaning


@register.simple_tag
def badge(text, *, tone="", hue=None, icon=""):
    return inline.badge(text, tone=one_of(tone, {"", "accent"}, prop="tone"), hue=hue, icon_name=icon)


@register.simple_tag
def health(level, *, reasons=(), word=""):
    """Draw a health word with its reasons; a level without a reason is refused, as a bare colour would be."""
    level = one_of(level or "", inline.HEALTH_WORDS, prop="level")
    reasons = [reasons] if isinstance(reasons, str) else [str(reason) for reason in reasons]
    if not reasons:
        raise ValueError("Health needs its reason beside it.")
    return inline.health(level, reasons=reasons, word=word)


@register.simple_tag
def timestamp(moment, *, verb="", stale_after_hours=None, never="never"):
    """Say how old something is; the exact moment is the title, and what is too old looks it."""
    now = timezone.now()
    is_stale = bool(moment and stale_after_hours and (now - moment).total_seconds() > stale_after_hours * 3600)
    return inline.timestamp(moment, now=now, verb=verb, is_stale=is_stale, never=never)


@register.simple_tag
def person(name, *, note="", hue=None, is_initials_only=False):
    return inline.person(name, note=note, hue=hue, is_initials_only=is_initials_only)


# Lists of things


@register.simple_block_tag(takes_context=True)
def table(context, content, *, caption, columns, sort=None, is_sticky=False, is_stacked=False, body_id="", target=""):
    """Draw a table shell around the rows; headings sort by link, keeping the rest of the address."""
    query = context["request"].GET if "request" in context else {}
    headings = [
        {"column": column, "url": sort_url(query, column, sort), "order": order_of(column, sort)} for column in columns
    ]
    return draw(
        "table",
        content=content,
        caption=caption,
        headings=headings,
        is_sticky=is_sticky,
        is_stacked=is_stacked,
        body_id=body_id,
        target=target,
    )


def sort_url(query, column, sort):
    if not column.is_sortable or sort is None:
        return ""
    asked = query.copy()
    asked.pop("page", None)
    is_reversed = sort.key == column.key and not sort.is_descending
    asked["sort"] = f"-{column.key}" if is_reversed else column.key
    return "?" + asked.urlencode()


def order_of(column, sort):
    if sort is None or sort.key != column.key:
        return ""
    return "descending" if sort.is_descending else "ascending"


@register.simple_tag(takes_context=True)
def pagination(context, page, *, noun):
    return render_to_string("ui/pagination.html", {"page": page, "noun": noun}, request=context["request"])


@register.simple_block_tag
def tabs(content, label):
    return draw("tabs", content=content, label=label)


@register.simple_tag
def tab(text, url, *, is_current=False, count=None):
    return draw("tab", text=text, url=url, is_current=is_current, count=count)


@register.simple_block_tag
def facts(content):
    return draw("facts", content=content)


@register.simple_block_tag
def fact(content, label, *, help=""):
    return draw("fact", content=content, label=label, help=help)


# Doing something


@register.simple_tag
def button(
    text,
    *,
    kind="",
    type="submit",
    href="",
    icon="",
    name="",
    value="",
    size="",
    opens="",
    is_disabled=False,
    is_text_hidden=False,
):
    """Draw a button, or a link that looks like one; `opens` names the dialog or popover that it opens."""
    one_of(kind, {"", "primary", "danger", "quiet"}, prop="kind")
    one_of(size, {"", "small", "wide"}, prop="size")
    return draw("button", text=text, kind=kind, type=type, href=href, icon=icon, name=name, value=value, size=size, opens=opens,
                is_disabled=is_disabled, is_text_hidden=is_text_hidden)  # fmt: skip


@register.simple_tag
def toast(text, *, tone="", undo_url="", undo_values=None, is_swapped=False):
    """Draw a passing message; with `is_swapped` it joins the page's toasts from inside any htmx answer."""
    return draw(
        "toast",
        text=text,
        tone=one_of(tone, {"", "bad"}, prop="tone"),
        undo_url=undo_url,
        undo_values=json.dumps(undo_values or {}),
        is_swapped=is_swapped,
    )


@register.simple_tag
def progress(*, done, total=None, noun, left=None, rate="", label="Progress"):
    """Draw how far a long work is: `left` is a timedelta or None while nobody can know."""
    left = formats.span_of(left) if left is not None else ""
    return draw("progress", done=done, total=total, noun=noun, left=left, rate=rate, label=label)


@register.simple_tag
def meter(ratio, *, label, hue=None):
    return inline.meter(ratio, label=label, hue=hue)


@register.simple_block_tag
def dialog(content, title, *, id, is_drawer=False, is_open=False):
    return draw("dialog", content=content, title=title, id=id, is_drawer=is_drawer, is_open=is_open)


# Forms


@register.simple_tag
def field(bound, *, label="", help="", autofocus=False, autocomplete="", placeholder="", is_label_hidden=False):
    """Draw label, control, help and errors of a bound field, tied together for a screen reader."""
    help = help or bound.help_text
    parts = control(bound, has_help=bool(help), autofocus=autofocus, autocomplete=autocomplete, placeholder=placeholder)
    return draw("field", field=bound, label=label or bound.label, help=help, is_label_hidden=is_label_hidden, **parts)


KINDS = {
    "checkbox": "check",
    "select": "form-select",
    "selectmultiple": "form-select",
    "radioselect": "choices",
    "checkboxselectmultiple": "choices",
}


def control(bound, *, has_help, autofocus, autocomplete, placeholder):
    # Widgets of other people's forms come with their own placeholders, which would stand in for labels.
    attributes = {key: value for key, value in bound.field.widget.attrs.items() if key not in ("placeholder", "class")}
    bound.field.widget.attrs = attributes
    kind = KINDS.get(bound.widget_type, "form-control")
    described = [f"{bound.auto_id}_help"] * has_help + [f"{bound.auto_id}_error"] * bool(bound.errors)
    added = {
        "aria-describedby": " ".join(described) or False,
        "autofocus": autofocus,
        "autocomplete": autocomplete or attributes.get("autocomplete", False),
    }
    added |= {"aria-invalid": "true" if bound.errors else False, "placeholder": placeholder or False}
    added["class"] = "form-check-input" if kind in ("check", "choices") else kind
    return {"kind": kind, "widget": bound.as_widget(attrs=added)}


@register.simple_tag
def form_errors(form):
    return draw("form_errors", form=form)


@register.simple_tag
def in_place(*, url, label, value="", empty="Not set", is_editable=True):
    """Draw a value that turns into its form when clicked; the server answers `url?edit=1` with {% in_place_form %}."""
    return draw("in_place", url=url, label=label, value=value, empty=empty, is_editable=is_editable)


@register.simple_tag(takes_context=True)
def in_place_form(context, *, url, field, version=None):
    """Draw the form of one value; `version` (what the reader looked at) is posted along, so that a conflict is noticed."""
    parts = control(field, has_help=bool(field.help_text), autofocus=True, autocomplete="off", placeholder="")
    return render_to_string(
        "ui/in_place_form.html", {"url": url, "field": field, "version": version, **parts}, request=context["request"]
    )


# Charts


@register.simple_tag
def chart(shown, *, id, title="", size=""):
    """Draw a figure: anything with `figure` (a Plotly dict), `sentence`, `columns`, `rows` and `is_empty`."""
    one_of(size, {"", "small", "large"}, prop="size")
    rows = inline.data_rows(shown.rows)
    figure = json.dumps(shown.figure, separators=(",", ":"))
    return draw("chart", shown=shown, figure=figure, rows=rows, id=id, title=title, size=size)
