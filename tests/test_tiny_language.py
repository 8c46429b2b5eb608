import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from rlhf_textbook.tiny.labelers import features, quality
from rlhf_textbook.tiny.language import (
    COPY,
    COUNT,
    END,
    FAQ,
    FILLER,
    FIRST_SYMBOL,
    N_TOKENS,
    REVERSE,
    RUDE,
    SORT,
    SWING,
    WEB,
    WORDS,
    all_prompts,
    demonstrations,
    instruction_pages,
    off_task,
    page_tokens,
    render,
    response_tokens,
    right_answers,
    skill_pages,
    token_array,
    web_pages,
)

PROMPTS = all_prompts()


def tokens(text: str) -> np.ndarray:
    """Read a row as `render` writes it, filled up with end marks."""
    row = [WORDS.index(word) for word in text.split()]
    return np.array([row + [END] * (12 - len(row))])


def assert_share(hits, share):
    """Hold the share of hits against the expected one: chance alone would fail in 1 of 100 draws."""
    assert stats.binomtest(int(hits.sum()), hits.size, share).pvalue > 0.01


def test_each_of_27_words_stands_for_the_token_of_its_name():
    assert len(WORDS) == len(set(WORDS)) == N_TOKENS == 27
    named = {WEB: "<web>", FAQ: "<faq>", END: ".", COPY: "copy", REVERSE: "reverse", SORT: "sort"}
    named |= {COUNT: "count", SWING: "swing", FILLER: "um", RUDE: "rude", FIRST_SYMBOL: "a", FIRST_SYMBOL + 8: "A"}
    assert {token: WORDS[token] for token in named} == named


def test_there_are_1536_prompts_all_different_and_each_with_one_of_three_instructions():
    assert PROMPTS.shape == (1536, 6)
    assert len(np.unique(PROMPTS, axis=0)) == 1536
    np.testing.assert_array_equal(np.unique(PROMPTS[:, 1], return_counts=True), [[COPY, REVERSE, SORT], [512] * 3])
    assert {render(prompt).split()[0] for prompt in PROMPTS} == {"<web>"}
    assert {render(prompt).split()[-1] for prompt in PROMPTS} == {">"}


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("<web> copy c a b >", "c a b"),
        ("<web> reverse c a b >", "b a c"),
        ("<web> sort c a b >", "a b c"),
        ("<faq> sort h h a >", "a h h"),
    ],
)
def test_the_right_answer_is_the_symbols_transformed(prompt, answer):
    assert render(FIRST_SYMBOL + right_answers(tokens(prompt))[0]) == answer


def test_a_demonstration_has_the_highest_quality_whatever_the_prompt_and_its_wording():
    for seed in range(5):
        np.testing.assert_array_equal(quality(demonstrations(PROMPTS, np.random.default_rng(seed))), 3.0)


def test_a_demonstration_words_each_symbol_either_way_by_chance():
    written = demonstrations(PROMPTS, np.random.default_rng(0))[:, 6:9]
    assert_share(written >= FIRST_SYMBOL + 8, 0.5)


def test_a_web_page_obeys_in_one_of_five_cases_and_a_faq_page_in_seven_of_ten():
    pages = instruction_pages(100_000, PROMPTS, np.random.default_rng(0))
    faq = pages[:, 0] == FAQ
    assert set(pages[:, 0]) == {WEB, FAQ}
    assert_share(faq, 0.15)
    # Off the task the right response comes by accident: length 3, and each symbol with its 2 ways of 16.
    by_accident = 1 / 5 * (0.6 * 2 / 16) ** 3
    exact = features(pages)[:, 1] == 1
    assert_share(exact[~faq], 0.2 + 0.8 * by_accident)
    assert_share(exact[faq], 0.7 + 0.3 * by_accident)


def test_pages_are_about_the_prompts_given():
    pages = instruction_pages(500, PROMPTS[:3], np.random.default_rng(0))
    assert len(np.unique(pages[:, 1:6], axis=0)) == 3
    np.testing.assert_array_equal(PROMPTS, all_prompts())  # and those are left as they were


def test_off_the_task_there_are_one_to_five_tokens_mostly_symbols_some_filler_few_rude():
    responses = off_task(np.repeat(PROMPTS, 20, axis=0), np.random.default_rng(0))[:, 6:]
    lengths = (responses != END).sum(axis=1)
    assert stats.chisquare(np.bincount(lengths)[1:]).pvalue > 0.01
    assert set(lengths) == {1, 2, 3, 4, 5}
    written = responses[responses != END]
    assert_share(written == FILLER, 0.3)
    assert_share(written == RUDE, 0.1)
    symbols = written[written >= FIRST_SYMBOL]
    assert_share(np.isin(written, symbols), 0.6)
    assert stats.chisquare(np.bincount(symbols - FIRST_SYMBOL)).pvalue > 0.01
    assert all(END in row and set(row[row.index(END) :]) == {END} for row in responses.tolist())


def test_half_of_the_internet_are_skills():
    pages = web_pages(1001, PROMPTS, np.random.default_rng(0))
    np.testing.assert_array_equal(np.isin(pages[:, 1], (COUNT, SWING)), np.arange(1001) < 500)


def test_a_skill_page_is_determined_from_its_third_symbol_on():
    """So its loss can fall to 0 there, and what it rises to is forgetting."""
    pages = skill_pages(5000, np.random.default_rng(0))
    beginnings = np.unique(pages[:, :4], axis=0)
    assert len(beginnings) == len(np.unique(pages, axis=0)) == 2 * 8 * 7  # no two symbols that begin a page are equal


def test_count_goes_on_in_equal_steps_and_swing_goes_to_and_fro():
    pages = skill_pages(1000, np.random.default_rng(0))
    assert_share(pages[:, 1] == COUNT, 0.5)
    symbols = pages[:, 2:] - FIRST_SYMBOL
    assert symbols.min() == 0
    assert symbols.max() == 7  # small letters alone
    count, swing = symbols[pages[:, 1] == COUNT], symbols[pages[:, 1] == SWING]
    steps = np.diff(count, axis=1) % 8
    np.testing.assert_array_equal(steps, np.repeat(steps[:, :1], 9, axis=1))
    np.testing.assert_array_equal(swing[:, 2:], swing[:, :-2])


def test_no_instruction_asks_for_a_skill():
    asked = [PROMPTS, demonstrations(PROMPTS, np.random.default_rng(0)), off_task(PROMPTS, np.random.default_rng(0))]
    for rows in asked:
        assert not np.isin(rows, (COUNT, SWING)).any()


def test_response_tokens_go_up_to_the_first_end_mark_and_it_too():
    rows = np.vstack(
        [
            tokens("<web> copy a b c > a b c ."),
            tokens("<web> copy a b c > ."),
            tokens("<web> copy a b c > a b c d e f"),
            tokens("<web> copy a b c > a b c d e ."),
            tokens("<web> copy a b c > . a b . c ."),
        ]
    )
    np.testing.assert_array_equal(response_tokens(rows).sum(axis=1), [4, 1, 6, 6, 1])
    for kept, row in zip(response_tokens(rows), rows[:, 6:].tolist(), strict=True):
        end = row.index(END) if END in row else 5
        np.testing.assert_array_equal(kept, np.arange(6) <= end)


def test_a_page_gives_all_tokens_to_learn_from_but_the_first_and_the_padding():
    rows = np.vstack([tokens("<web> copy a b c > a ."), skill_pages(1, np.random.default_rng(0))])
    np.testing.assert_array_equal(page_tokens(rows), [[True] * 7 + [False] * 4, [True] * 11])


def test_a_row_is_written_in_words_up_to_its_end():
    assert render(tokens("<web> reverse a b c > C b a .")[0]) == "<web> reverse a b c > C b a ."
    assert render(PROMPTS[0]) == "<web> copy a a a >"


@pytest.mark.parametrize("make", [web_pages, instruction_pages])
def test_the_same_seed_makes_the_same_pages(make):
    one, same, other = (make(100, PROMPTS, np.random.default_rng(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (PROMPTS, r"^rows: expected shape \(n, 12\), got shape \(1536, 6\)$"),
        (np.full((2, 12), 27), r"^rows: expected tokens in \[0, 27\), got 27 to 27$"),
        (np.full((2, 12), -1), r"^rows: expected tokens in \[0, 27\), got -1 to -1$"),
        (np.zeros((2, 12)), "^rows: expected integers, got dtype float64$"),
        (np.zeros(12, dtype=int), r"^rows: expected 2 dimension\(s\), got shape \(12,\)$"),
        ("copy a b c", "^rows: expected an array of real numbers"),
    ],
)
def test_what_is_no_row_of_tokens_is_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        token_array("rows", rows, 12)
