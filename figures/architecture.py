"""Diagram of how the project hangs together: what makes a lesson, what stands around it, and what the build makes."""

from figures.diagrams import Diagram


def overview() -> Diagram:
    """Draw the four parts of a lesson in a frame, what else the build takes, the build, and the site."""
    drawing = Diagram(
        312,
        "Four parts make a lesson, in one frame. The lesson's page, docs/lessons/N, uses its module in rlhf_textbook"
        " and asks for what is in its exercises, exercises/lesson_N. The tests, in the folder tests, check the module"
        " and the exercises. Outside the frame stand the lab with claims and results, the figures, and the pieces to"
        " move. All of these go into build_hooks, which run, draw, typeset and pack, and out of them comes the site:"
        " pages, EPUB, archive and package. The tests check the site too.",
    )
    left, right, width = 7, 171, 122  # x and width of the columns in the frame
    drawing.text(1, 10, "One lesson, one number", bold=True, anchor="start")
    drawing.box(1, 16, 298, 130, corner=8)
    drawing.box(left, 23, width, 46, ["docs/lessons/N-…"], title="Lesson")
    drawing.box(right, 23, width, 46, ["rlhf_textbook/…"], title="Module")
    drawing.box(left, 93, width, 46, ["exercises/lesson_N/"], title="Exercises")
    drawing.box(right, 93, width, 46, ["tests/test_….py"], title="Tests")
    drawing.arrow((129, 46), (171, 46))
    drawing.text(150, 42, "uses")
    drawing.arrow((68, 69), (68, 93))
    drawing.text(74, 85, "asks", anchor="start")
    drawing.arrow((232, 93), (232, 69))
    drawing.text(238, 85, "check", anchor="start")
    drawing.arrow((171, 116), (129, 116))
    drawing.text(150, 112, "check")

    for place, (title, words) in enumerate(
        [("Lab", "claims, results"), ("Figures", "plots, diagrams"), ("Explore", "pieces to move")]
    ):
        x = 1 + 103 * place
        drawing.box(x, 158, 92, 46, [words], title=title)
        drawing.arrow((x + 46, 204), (x + 46, 220))
    drawing.arrow((98.5, 146), (98.5, 220))  # between two of them, from the frame
    drawing.box(1, 220, 298, 34, ["run, draw, typeset, pack"], title="build_hooks/")
    drawing.arrow((150, 254), (150, 272))
    drawing.box(1, 272, 298, 34, ["pages, EPUB, archive, package"], title="site/")
    return drawing
