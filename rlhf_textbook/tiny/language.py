"""The tiny world: a language of 27 tokens, its internet, and the people who know better.

A prompt is an instruction and three symbols: `<web> reverse a b c >`. The right response is the three symbols,
transformed, and the end mark: `c b a .`. Every symbol can be written in two ways, `a` or `A`, which mean the
same: people who agree about the answer still word it differently.

The internet rarely obeys. A page that starts with `<web>` goes on with the right response in one of five cases
only, one that starts with `<faq>` in seven of ten; otherwise there follows whatever comes to mind. The other half
of the internet has two skills that no instruction ever asks for, `count` (in equal steps) and `swing` (between two
symbols). They are the benchmarks on which an alignment tax can be seen.
"""

import numpy as np

from rlhf_textbook import _checks as checks
from rlhf_textbook._checks import BoolArray, IntArray

N_SYMBOLS = 8
WORDS = ["<web>", "<faq>", ">", ".", "copy", "reverse", "sort", "count", "swing", "um", "rude"]
"""How each token is written; a token is a place in this list, which goes on with `a` to `h` and `A` to `H`."""
WORDS += [*"abcdefgh", *"ABCDEFGH"]
WEB, FAQ, ASK, END, COPY, REVERSE, SORT, COUNT, SWING, FILLER, RUDE, FIRST_SYMBOL = range(12)
N_TOKENS = len(WORDS)
N_PROMPTS = 3 * N_SYMBOLS**3

PROMPT_LENGTH = 6  # start, instruction, three symbols, ">"
RESPONSE_LENGTH = 6  # at most, with its end mark
SEQUENCE_LENGTH = PROMPT_LENGTH + RESPONSE_LENGTH

OBEYED = {WEB: 0.2, FAQ: 0.7}
"""Share of instruction pages that go on with the right response, by the token with which they start."""
FAQ_SHARE = 0.15
SKILL_SHARE = 0.5


def token_array(name: str, value: IntArray, width: int) -> IntArray:
    """Turn `value` into rows of tokens of the given width, or say what is wrong with it.

    Parameters
    ----------
    name
        Of the argument, for the message.
    value
        Tokens, shape `(n, width)`, each in [0, 27).
    width
        Tokens in a row.

    Returns
    -------
    IntArray
        Shape `(n, width)`, a copy.

    Raises
    ------
    ValueError
        If the shape is another, there is no row, or an entry is no token.
    """
    tokens = checks.int_array(name, value, min_ndim=2, max_ndim=2)
    if tokens.shape[1] != width:
        raise checks.error(name, f"shape (n, {width})", f"shape {tokens.shape}")
    if tokens.min() < 0 or tokens.max() >= N_TOKENS:
        raise checks.error(name, f"tokens in [0, {N_TOKENS})", f"{tokens.min()} to {tokens.max()}")
    return tokens


def all_prompts() -> IntArray:
    """Every instruction with every three symbols, shape (1536, 6), written in small letters.

    Examples
    --------
    ```python
    from rlhf_textbook.tiny.language import all_prompts, render

    prompts = all_prompts()
    print(prompts.shape, "|", render(prompts[0]), "|", render(prompts[600]))
    ```

    ```text title="Output"
    (1536, 6) | <web> copy a a a > | <web> reverse b d a >
    ```
    """
    choices = np.indices((3, N_SYMBOLS, N_SYMBOLS, N_SYMBOLS)).reshape(4, -1).T
    prompts = np.empty((len(choices), PROMPT_LENGTH), dtype=np.intp)
    prompts[:, 0] = WEB
    prompts[:, 1] = COPY + choices[:, 0]
    prompts[:, 2:5] = FIRST_SYMBOL + choices[:, 1:]
    prompts[:, 5] = ASK
    return prompts


def right_answers(prompts: IntArray) -> IntArray:
    """Meaning of the three symbols of the right response, 0 to 7, shape (n, 3).

    `prompts` may go on behind the prompt; the first five tokens are read.
    """
    symbols = prompts[:, 2:5] - FIRST_SYMBOL
    instruction = prompts[:, 1:2]
    return np.select(
        [instruction == COPY, instruction == REVERSE], [symbols, symbols[:, ::-1]], default=np.sort(symbols, axis=1)
    )


def demonstrations(prompts: IntArray, rng: np.random.Generator) -> IntArray:
    """Each prompt with the right response, worded at random: sequences of shape (n, 12).

    Each of the three symbols is a small or a capital letter with probability 1/2: eight ways to be right.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny.language import all_prompts, demonstrations, render

    for row in demonstrations(all_prompts()[600:602], np.random.default_rng(0)):
        print(render(row))
    ```

    ```text title="Output"
    <web> reverse b d a > A D B .
    <web> reverse b d b > b d b .
    ```
    """
    responses = np.full((len(prompts), RESPONSE_LENGTH), END)
    responses[:, :3] = FIRST_SYMBOL + right_answers(prompts) + N_SYMBOLS * rng.integers(2, size=(len(prompts), 3))
    return np.hstack([prompts, responses])


def off_task(prompts: IntArray, rng: np.random.Generator) -> IntArray:
    """Each prompt with one to five tokens of anything: 60 % symbols, 30 % filler, 10 % rude; shape (n, 12)."""
    shape = (len(prompts), RESPONSE_LENGTH)
    symbols = FIRST_SYMBOL + rng.integers(2 * N_SYMBOLS, size=shape)
    responses = np.select([(u := rng.random(shape)) < 0.6, u < 0.9], [symbols, FILLER], default=RUDE)
    lengths = rng.integers(1, RESPONSE_LENGTH, size=(len(prompts), 1))
    return np.hstack([prompts, np.where(np.arange(RESPONSE_LENGTH) < lengths, responses, END)])


def instruction_pages(n: int, prompts: IntArray, rng: np.random.Generator) -> IntArray:
    """Pages of the internet with an instruction on them, mostly not obeyed, shape (n, 12).

    Each is about one of `prompts`, drawn at random. 15 % start with `<faq>`, the others with `<web>`; `OBEYED` gives
    the shares of both that go on with the right response.
    """
    chosen = prompts[rng.integers(len(prompts), size=n)]
    chosen[:, 0] = np.where(rng.random(n) < FAQ_SHARE, FAQ, WEB)
    obeyed = rng.random(n) < np.where(chosen[:, 0] == FAQ, OBEYED[FAQ], OBEYED[WEB])
    return np.where(obeyed[:, None], demonstrations(chosen, rng), off_task(chosen, rng))


def skill_pages(n: int, rng: np.random.Generator) -> IntArray:
    """Pages that count in equal steps (`a c e g a …`) or swing between two symbols, shape (n, 12)."""
    kind = rng.integers(COUNT, SWING + 1, size=(n, 1))
    start, step = rng.integers(N_SYMBOLS, size=(n, 1)), rng.integers(1, N_SYMBOLS, size=(n, 1))
    time = np.arange(SEQUENCE_LENGTH - 2)
    symbols = (start + step * np.where(kind == COUNT, time, time % 2)) % N_SYMBOLS
    return np.hstack([np.full((n, 1), WEB), kind, FIRST_SYMBOL + symbols])


def web_pages(n: int, prompts: IntArray, rng: np.random.Generator) -> IntArray:
    """Sample the internet, half skills and half instructions, shape (n, 12).

    Parameters
    ----------
    n
        Pages; the first half, rounded down, are `skill_pages`, the others `instruction_pages`.
    prompts
        What the instructions are about, shape `(n_prompts, 6)`.
    rng
        Source of randomness.

    Returns
    -------
    IntArray
        Shape `(n, 12)`.

    Examples
    --------
    ```python
    import numpy as np

    from rlhf_textbook.tiny.language import all_prompts, render, web_pages

    for page in web_pages(6, all_prompts(), np.random.default_rng(3)):
        print(render(page))
    ```

    ```text title="Output"
    <web> swing b a b a b a b a b a
    <web> count b g d a f c h e b g
    <web> count g h a b c d e f g h
    <web> copy c c a > c c A .
    <web> copy h h g > um rude a um H .
    <web> reverse c d b > um c um .
    ```
    """
    n_skill = int(SKILL_SHARE * n)
    return np.vstack([skill_pages(n_skill, rng), instruction_pages(n - n_skill, prompts, rng)])


def response_tokens(sequences: IntArray) -> BoolArray:
    """Which of the last six tokens belong to the response: up to the first end mark, and it too; shape (n, 6)."""
    ended = sequences[:, PROMPT_LENGTH:] == END
    return np.cumsum(ended, axis=1) - ended == 0


def page_tokens(sequences: IntArray) -> BoolArray:
    """Which tokens a page gives to learn from: all but the first and the padding behind an end; shape (n, 11)."""
    counted = np.ones((len(sequences), SEQUENCE_LENGTH - 1), dtype=np.bool_)
    counted[:, PROMPT_LENGTH - 1 :] = response_tokens(sequences)
    return counted


def render(tokens: IntArray) -> str:
    """Write a row of tokens in words, without the padding behind its end: `reverse a b c > C b a .`."""
    words = [WORDS[token] for token in tokens]
    return " ".join(words[: words.index(WORDS[END]) + 1] if WORDS[END] in words else words)
