"""Pages: what belongs together stays together, and nothing is lost or laid over something else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from letters.flow import Strip, paginate


def nothing(pen, x, y):
    """A strip that draws nothing."""


STRIPS = st.lists(
    st.builds(Strip, height=st.floats(5, 60), draw=st.just(nothing), above=st.floats(0, 20), glued=st.booleans()),
    max_size=60,
)


@given(STRIPS)
def test_every_strip_is_placed_once_in_order_and_inside(strips):
    pages = paginate(strips, 200, 300)
    assert [placed.strip for page in pages for placed in page] == strips
    for number, page in enumerate(pages):
        end = 0.0
        for placed in page:
            assert placed.top >= end - 1e-9
            end = placed.top + placed.strip.height
        assert end <= (200 if number == 0 else 300) + 0.02


def test_a_heading_goes_to_the_next_page_with_its_text():
    text, heading = Strip(50, nothing), Strip(20, nothing, glued=True)
    pages = paginate([text, text, text, heading, text], 190, 190)
    assert [[placed.strip for placed in page] for page in pages] == [[text] * 3, [heading, text]]


def test_a_table_s_head_is_repeated():
    head = Strip(10, nothing)
    row = Strip(20, nothing, header=head)
    pages = paginate([head, *[row] * 10], 100, 100)
    assert len(pages) == 3
    assert all(page[0].strip is head for page in pages)
    assert sum(1 for page in pages for placed in page if placed.strip is row) == 10


def test_glued_strips_higher_than_a_page_are_cut():
    pages = paginate([Strip(50, nothing, glued=True)] * 10, 120, 120)
    assert [len(page) for page in pages] == [2] * 5
