"""Pages: what belongs together stays together, and nothing is lost or laid over something else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from letters.breaking import Setting, Span
from letters.flow import Strip, Type, paginate, paragraph
from letters.fonts import faces


def nothing(pen, x, y):
    """A strip that draws nothing."""


STRIPS = st.lists(
    st.tuples(st.floats(5, 60), st.floats(0, 20), st.booleans()).map(
        lambda drawn: Strip(drawn[0], nothing, above=drawn[1], glued=drawn[2])
    ),
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


def table_of(rows: int, height: float = 20.0) -> list[Strip]:
    """A table as `letters.tables` makes it: loose between its rows, two of them bound at either end."""
    head, carried = Strip(15, nothing), Strip(20, nothing)
    body = [Strip(height, nothing, header=Strip(35, nothing), footer=carried) for _ in range(rows)]
    total = Strip(20, nothing, header=Strip(35, nothing))
    whole = [head, *body[:-1], body[-1]._replace(footer=None), total]
    return [strip._replace(glued=at < len(whole) - 1, loose=2 <= at < len(whole) - 3) for at, strip in enumerate(whole)]


@given(st.integers(5, 80), st.floats(0, 280), st.floats(8, 40))
def test_a_long_table_is_cut_as_little_and_as_evenly_as_may_be(rows, before, height):
    strips = [Strip(before, nothing), *table_of(rows, height)] if before else table_of(rows, height)
    pages = paginate(strips, 300, 300)
    own = [[placed for placed in page if placed.strip in strips] for page in pages]
    assert sum(len(page) for page in own) == len(strips)
    for number, page in enumerate(pages):
        bottom = max(placed.top + placed.strip.height for placed in page)
        assert bottom <= 300.01
        ends = page[-1].strip
        goes_on = number + 1 < len(pages) and pages[number + 1][0].strip not in strips
        assert goes_on == (ends not in strips), "a sum is carried below exactly where the table goes on"
    total = 15 + rows * height + 20
    if total <= 300 and before <= 300 - 0.35 * 300:
        cut = sum(1 for page in own if any(placed.strip.header for placed in page))
        blank = 300 - before
        assert cut == 1 or blank > 0.35 * 300


def test_a_table_that_leaves_little_blank_goes_whole_to_the_next_page():
    pages = paginate([Strip(220, nothing), *table_of(10)], 300, 300)
    assert [len(page) for page in pages] == [1, 12]


def test_a_table_that_would_leave_much_blank_begins_here():
    pages = paginate([Strip(120, nothing), *table_of(12)], 300, 300)
    assert len(pages[0]) > 4
    assert pages[1][0].strip.height == 35, "head and brought sum"
    assert sum(1 for placed in pages[1] if placed.strip.height == 20) >= 3, "two rows and the total at least"


LINES = st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=40)  # lines, under a heading


@given(LINES, st.floats(80, 300), st.floats(200, 400))
def test_no_line_of_a_paragraph_and_no_heading_stands_alone(paragraphs, first, later):
    """Text by `letters.flow.paragraph` itself; a page holds at least a heading and three lines."""
    setting = Setting(faces(), False)
    body, heading = Type(10, 17), Type(10.5, 17, bold=True)
    strips: list[Strip] = []
    of: list[tuple[int, str]] = []  # of each strip: which paragraph, and what it is
    for number, (count, headed) in enumerate(paragraphs):
        if headed:
            strips += paragraph([Span("标题")], 100, heading, setting, above=14, glued=True)
            of.append((number, "heading"))
        found = paragraph([Span("字" * (10 * count))], 100, body, setting, above=8)
        assert len(found) == count
        strips += found
        of += [(number, "line")] * count
    places = iter(of)
    pages = [[next(places) for _ in page] for page in paginate(strips, first, later)]
    lines_of = {number: count for number, (count, _) in enumerate(paragraphs)}
    for page in pages:
        assert not page or page[-1][1] == "line", "a heading ends no page"
        for number in {number for number, _ in page}:
            here = page.count((number, "line"))
            assert here != 1 or lines_of[number] == 1, "no widow, no orphan"
