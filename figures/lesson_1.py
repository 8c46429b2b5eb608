"""Diagram of lesson 1: the three steps that the course is about."""

from figures import BLUE, ORANGE
from figures.diagrams import Diagram
from rlhf_textbook.paper import FACTS

# Training prompts of the three data sets.
SFT_PROMPTS, REWARD_MODEL_PROMPTS, PPO_PROMPTS = (int(FACTS[f"{name}_train"].value) for name in ("sft", "rm", "ppo"))


def pipeline() -> Diagram:
    """Draw what is collected on the left and what is trained from it on the right, step by step."""
    drawing = Diagram(
        300,
        f"Three steps. 1, imitate: labelers write answers to {SFT_PROMPTS:,} prompts, and the SFT model learns to write"
        f" like them. 2, judge: models, mostly the SFT model, answer {REWARD_MODEL_PROMPTS:,} prompts 4 to 9 times,"
        " labelers rank the answers, and the reward model learns to predict the ranking. 3, improve: the policy starts"
        f" as an SFT model and answers {PPO_PROMPTS:,} prompts without labels; the reward model, now frozen, scores"
        " each answer, and PPO changes the policy so that it scores higher.",
    )
    left, right = (1, 128), (172, 112)  # x and width of the columns
    entry, middle, lane = 104, 228, 293  # x of the connecting lines

    drawing.text(1, 10, "1. Imitate", bold=True, anchor="start")
    lines = ["labelers write", "the answers"]
    drawing.box(left[0], 18, left[1], 46, lines, title=f"{SFT_PROMPTS:,} prompts", color=ORANGE)
    drawing.box(right[0], 18, right[1], 46, ["learns to write", "like them"], title="SFT model", color=BLUE)
    drawing.arrow((129, 41), (172, 41))

    drawing.arrow((middle, 64), (middle, 82), (entry, 82), (entry, 106))
    drawing.text(166, 78, "writes answers")
    drawing.text(1, 98, "2. Judge", bold=True, anchor="start")
    lines = ["4 to 9 answers each,", "labelers rank them"]
    drawing.box(left[0], 106, left[1], 46, lines, title=f"{REWARD_MODEL_PROMPTS:,} prompts", color=ORANGE)
    drawing.box(right[0], 106, right[1], 46, ["learns to predict", "the ranking"], title="Reward model", color=BLUE)
    drawing.arrow((129, 129), (172, 129))

    drawing.arrow((middle, 152), (middle, 170), (entry, 170), (entry, 194))
    drawing.text(166, 166, "no longer trained")
    drawing.text(1, 186, "3. Improve", bold=True, anchor="start")
    drawing.box(left[0], 194, left[1], 50, ["frozen"], title="Reward model", frozen=True)
    drawing.box(left[0], 258, left[1], 40, ["without labels"], title=f"{PPO_PROMPTS:,} prompts", color=ORANGE)
    lines = ["starts as an", "SFT model, learns", "by PPO to write", "what scores high"]
    drawing.box(right[0], 194, right[1], 104, lines, title="Policy", color=BLUE)
    drawing.arrow((129, 211), (172, 211))
    drawing.text(150, 207, "score")
    drawing.arrow((172, 235), (129, 235))
    drawing.text(150, 231, "answer")
    drawing.arrow((129, 278), (172, 278))
    drawing.arrow((284, 41), (lane, 41), (lane, 246), (284, 246))
    return drawing
