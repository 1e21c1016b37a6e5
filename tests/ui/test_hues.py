"""The twelve product hues stay apart for every eye and stand out from the page, in both themes."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

TOKENS = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text()
EYES = {
    "every cone": np.eye(3),
    # Machado, Oliveira, Fernandes (2009), severity 1.0, linear RGB.
    "no red cone": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cone": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
}


def linear(colour):
    share = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def oklab(light):
    """https://bottosson.github.io/posts/oklab/"""
    cones = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ light
    )
    return (
        np.array(
            [
                [0.2104542553, 0.793617785, -0.0040720468],
                [1.9779984951, -2.428592205, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.808675766],
            ]
        )
        @ cones
    )


def luminance(colour):
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def token(name):
    return re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", TOKENS).groups()


def hues(theme):
    return [token(f"hue-{number}")[theme] for number in range(1, 13)]


THEMES = pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])


@THEMES
@pytest.mark.parametrize("eye", EYES)
def test_any_two_hues_stay_apart(theme, eye):
    seen = [oklab(np.clip(EYES[eye] @ linear(hue), 0, 1)) for hue in hues(theme)]
    # 0.02 is about the least that a trained eye tells apart side by side; lines in a chart are not side by side.
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 0.085


@THEMES
def test_every_hue_stands_out_from_the_page(theme):
    assert min(contrast(hue, token("paper")[theme]) for hue in hues(theme)) >= 3


@THEMES
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "ink-faint", "accent", "good", "watch", "bad"])
@pytest.mark.parametrize("paper", ["paper", "paper-rail", "paper-hover"])
def test_words_are_readable_on_every_ground(theme, ink, paper):
    assert contrast(token(ink)[theme], token(paper)[theme]) >= 4.5
