"""The measures of association give the figures that were published."""

import numpy as np
import pytest

from charplay.corpora.exploring.association import keyness, log_likelihood, log_ratio, mutual_information
from charplay.corpora.exploring.dispersion import deviation_of_proportions


@pytest.mark.parametrize(
    ("both", "first_alone", "second_alone", "neither", "published"),
    [
        (110, 2442, 111, 29114, 270.72),
        (29, 13, 123, 31612, 263.90),
        (31, 23, 139, 31584, 256.84),
        (10, 0, 3, 31764, 167.23),
    ],
    ids=["the swiss", "can be", "previous year", "mineral water"],
)
def test_log_likelihood_of_dunnings_table(
    both: int, first_alone: int, second_alone: int, neither: int, published: float
) -> None:
    """Dunning (1993), "Accurate methods for the statistics of surprise and coincidence", the table of bigrams."""
    total = both + first_alone + second_alone + neither
    found = log_likelihood(both, both + first_alone, both + second_alone, total)
    assert found == pytest.approx(published, abs=0.01)


@pytest.mark.parametrize(
    ("both", "first", "second", "published"),
    [(12, 111, 621, 11.3), (8, 1105, 44, 11.3), (30, 1105, 241, 10.7), (6, 275, 621, 9.0), (25, 621, 1407, 8.7)],
    ids=["honorary doctor", "doctors dentists", "doctors nurses", "examined doctor", "doctor bills"],
)
def test_mutual_information_of_church_and_hanks(both: int, first: int, second: int, published: float) -> None:
    """Church and Hanks (1990), "Word association norms, mutual information, and lexicography": 15 million words."""
    assert mutual_information(both, first * second / 15e6) == pytest.approx(published, abs=0.06)


def test_keyness_of_an_example_by_hand() -> None:
    """52 in 50,000 words against 57 in 75,000: 2 (52 ln(52 / 43.6) + 57 ln(57 / 65.4)) = 2.65."""
    assert keyness(52, 57, 50_000, 75_000) == pytest.approx(2.65, abs=0.005)
    assert keyness(57, 52, 75_000, 50_000) == pytest.approx(2.65, abs=0.005)


def test_log_ratio_counts_doublings() -> None:
    """Hardie (2014): a Log Ratio of 1 is twice as frequent, of 2 four times; a count of 0 is taken as a half."""
    assert log_ratio([20, 40, 10, 5, 8], [10, 10, 10, 10, 0], 1000, 1000).tolist() == [1, 2, 0, -1, 4]


def test_dispersion_of_gries() -> None:
    """Gries (2008), "Dispersions and adjusted frequencies in corpora": "a" in five parts of 9, 10, 10, 10 and 11."""
    found = deviation_of_proportions(np.array([[1, 2, 3, 4, 5], [9, 10, 10, 10, 11]]), np.array([9, 10, 10, 10, 11]))
    assert found == pytest.approx([0.18, 0], abs=1e-12)


def test_measures_take_zero_counts() -> None:
    assert log_likelihood(0, 0, 5, 10) == 0
    assert keyness(5, 0, 10, 10) == pytest.approx(2 * 5 * np.log(2))
