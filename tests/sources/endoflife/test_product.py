"""Products of endoflife.date: their cycles, what is passed over, and what is no product."""

import json
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.core.model.lifecycle import Cycle, Lifecycle
from chatbot.sources.endoflife.product import MOST_CYCLES, read_product
from chatbot.sources.http.json_body import NoJson
from tests.sources.endoflife.product import cycle, product


def product_of(document: object) -> Lifecycle:
    return read_product(json.dumps(document).encode())


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (cycle("5.2", until="2032-04-30"), Cycle(name="5.2", until=date(2032, 4, 30), has_ended=False)),
        (cycle("5.1", is_eol=True, until="2030-12-31"), Cycle(name="5.1", until=date(2030, 12, 31), has_ended=True)),
        (cycle("5.0", is_eol=True), Cycle(name="5.0", has_ended=True)),
        (cycle("6.0"), Cycle(name="6.0", has_ended=False)),
        (cycle("noble"), Cycle(name="noble", has_ended=False)),
        (cycle("4.2", is_eol=None), Cycle(name="4.2")),
        (cycle("4.2", until="soon"), Cycle(name="4.2")),  # an end that nobody can read is no promise
        (cycle("4.2", until=True), Cycle(name="4.2")),  # type: ignore[arg-type]  # as others may write it
        ({"name": "4.1"}, Cycle(name="4.1")),
        ({"name": " 4.1\u202e "}, Cycle(name="4.1")),
    ],
)
def test_a_cycle(entry: object, expected: Cycle) -> None:
    assert product_of(product(entry)).cycles == (expected,)


def test_a_product_names_its_page() -> None:
    lifecycle = product_of(product(cycle("1.0")))
    assert (lifecycle.product, lifecycle.url) == ("windlass", "https://endoflife.date/windlass")


@pytest.mark.parametrize("page", [None, 5, "http://example.org/", "javascript:x", "https://" + "x" * 300])
def test_a_page_that_is_no_address_is_left_out(page: object) -> None:
    document = product(cycle("1.0"))
    document["result"]["links"] = {"html": page}
    assert product_of(document).url == ""


def test_what_is_no_cycle_is_passed_over_and_a_flood_is_cut() -> None:
    document = product(None, 5, [], {}, {"name": 7}, {"name": "x" * 65}, cycle("1.0"))
    assert [each.name for each in product_of(document).cycles] == ["1.0"]
    assert len(product_of(product(*(cycle(str(number)) for number in range(2 * MOST_CYCLES)))).cycles) == MOST_CYCLES
    assert product_of(product()).cycles == ()


@pytest.mark.parametrize(
    "document", [None, [], {}, {"result": None}, {"result": {}}, {"result": {"releases": {}}}, product({"name": 7})]
)
def test_what_is_no_product_is_refused(document: object) -> None:
    with pytest.raises(NoJson):
        product_of(document)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_product_or_a_clear_error(body: bytes) -> None:
    with suppress(NoJson):
        assert isinstance(read_product(body), Lifecycle)
