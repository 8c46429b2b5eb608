"""Pack what a reader takes along, the same bytes for the same site."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

_packed: dict[str, bytes] = {}


def write_archive(site: Path, name: str, files: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
    """Write `site/name` with the files that `files()` returns; what says the type, `mimetype`, stays uncompressed.

    Done once in a process. While serving, a rebuild after a change puts the first archive back: binding the whole book
    would take longer than all the rest of a rebuild.
    """
    target = site / name
    if name in _packed:
        target.write_bytes(_packed[name])
        return
    with zipfile.ZipFile(target, "w") as archive:
        for path, content in files():
            # Without the time of the build.
            packing = zipfile.ZIP_STORED if path == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(path), content, packing)
    _packed[name] = target.read_bytes()
