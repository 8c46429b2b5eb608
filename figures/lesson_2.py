"""Diagram of lesson 2: a batch of two demonstrations and its mask."""

from figures import BLUE, FAINT
from figures.diagrams import Diagram
from rlhf_textbook import response_mask

# Prompt and response, with as many words as the lesson's example has tokens.
DEMONSTRATIONS = [("Name a color", "Deep blue"), ("Greet me", "Good day to you")]
PREDICTED = "to"  # in the last row, from all before it
START, STEP, WIDTH, HEIGHT = 30, 45, 43, 19  # of the boxes
ROW = 68


def masked_batch() -> Diagram:
    """Draw the tokens of each demonstration, which of them count, and what one of them is predicted from."""
    prompts, responses = ([text.split() for text in column] for column in zip(*DEMONSTRATIONS, strict=True))
    sequences = [prompt + response for prompt, response in zip(prompts, responses, strict=True)]
    mask = response_mask([len(prompt) for prompt in prompts], [len(sequence) for sequence in sequences])
    padded = [sequence + ["padding"] * (mask.shape[1] - len(sequence)) for sequence in sequences]
    said = [
        f"{', '.join(tokens)}, with the mask {', '.join(str(int(counts)) for counts in kept)}"
        for tokens, kept in zip(padded, mask, strict=True)
    ]
    drawing = Diagram(
        126,
        f"Two rows of six tokens, each a prompt and then its response. The first: {said[0]}. The second: {said[1]}."
        f' A line leads from all tokens before "{PREDICTED}", those of the prompt included, to "{PREDICTED}".',
    )
    for row, (sequence, prompt, kept) in enumerate(zip(sequences, prompts, mask, strict=True)):
        top = 20 + ROW * row
        middles = [START + STEP * column + WIDTH / 2 for column in range(len(kept))]
        parts = {"prompt": middles[: len(prompt)], "response": middles[len(prompt) : len(sequence)]}
        for part, columns in parts.items():
            drawing.text(sum(columns) / len(columns), top - 11, part, bold=True)
        for column, middle in enumerate(middles):
            if column < len(sequence):
                color = BLUE if kept[column] else FAINT
                drawing.box(middle - WIDTH / 2, top, WIDTH, HEIGHT, [sequence[column]], color=color)
            else:
                drawing.text(middle, top + 13, "padding")
            drawing.text(middle, top + 33, str(int(kept[column])), bold=bool(kept[column]))
        drawing.text(0, top + 33, "mask", anchor="start")
    # Down from the last row's top line, past what is read, to what is predicted.
    place = sequences[-1].index(PREDICTED)
    for middle in middles[1:place]:
        drawing.line((middle, top), (middle, top - 6))
    drawing.arrow((middles[0], top), (middles[0], top - 6), (middles[place], top - 6), (middles[place], top))
    return drawing
