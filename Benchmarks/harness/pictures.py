"""The data: the test pictures beside the project where they are, made ones elsewhere. Made once, and kept."""

import importlib
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from harness.measuring import progress


class Pictures:
    """Where each set of pictures is; asking for one makes it if need be."""

    def __init__(self, folder: Path, shared: Path) -> None:
        self._folder = folder
        self._shared = shared

    def idx(self, count: int, width: int, height: int) -> Path:
        """A pair of IDX files: made pictures of two classes in turn."""
        name = f"idx-{count}-{width}x{height}"
        return self._made(name, lambda making, to: making.write_idx(to, count, width, height))

    def faces(self) -> Path:
        """The article's 100 photos, 89 x 109, `{train,test}/{female,male}`, or made ones in their place."""
        faces = self._shared / "data" / "celeb100"
        return faces if faces.is_dir() else self._made("faces", lambda making, to: making.write_faces(to))

    def two_classes(self) -> Path:
        """A few hundred photos, faces and other things, `{face,nonface}`, or others of two classes in their place."""
        photos = self._shared / "data" / "lfw_face_nonface"
        return photos if photos.is_dir() else self.many(200)

    def ants_bees(self) -> Path:
        """396 photos of ants and bees, `{train,val}/{ants,bees}`, or faces in their place."""
        photos = self._shared / "data" / "ants_bees"
        return photos if photos.is_dir() else self.faces()

    def many(self, count: int) -> Path:
        """Copies of the faces under other names, `{female,male}`."""
        faces = self.faces()
        return self._made(f"many-{count}-{faces.name}", lambda making, to: making.copy(to, faces, count))

    def folders(self, count: int) -> Path:
        """Small pictures that all differ, ten classes of folders of 100."""
        return self._made(f"folders-{count}", lambda making, to: making.write_folders(to, count))

    def large(self, count: int) -> Path:
        """Photos of 4032 x 3024, whose center squares consist of complete blocks, made from portraits where there are some, `{female,male}`."""
        portraits = sorted((self._shared / "data" / "london_fullsize_samples").glob("*/*.jpg"))
        name = f"large-4032x3024-{count}-{'portraits' if portraits else 'made'}"
        return self._made(name, lambda making, to: making.write_large(to, portraits, count))

    def _made(self, name: str, make: Callable[[ModuleType, Path], None]) -> Path:
        folder = self._folder / name
        if not folder.is_dir():
            progress(f"Making {name}")
            unfinished = self._folder / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            # Only here, so that help needs neither NumPy nor Pillow.
            make(importlib.import_module("harness.making"), unfinished)
            unfinished.rename(folder)
        return folder
