"""Put the starters of all exercises into `my_answers/`, leaving alone what is there already."""

import os
from pathlib import Path

from exercises.catalog import MY_ANSWERS, exercises


def start(folder: Path = MY_ANSWERS) -> list[Path]:
    """Copy every starter that has no answer yet; return the new files."""
    new = []
    for exercise in exercises():
        target = folder / exercise.chapter / f"{exercise.name}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            # "x" fails where a file exists, however it got there in the meantime.
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            continue
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(exercise.starter.read_bytes())
        except BaseException:  # a full disk, Ctrl-C: half a starter would be kept as an answer
            target.unlink()
            raise
        new.append(target)
    return new


if __name__ == "__main__":
    started = start()
    for path in started:
        print("new:", path.relative_to(MY_ANSWERS.parent).as_posix())
    kept = len(exercises()) - len(started)
    print(f"{len(started)} new, {kept} already there and left as they are. Check them with: python make.py check")
