"""What pyproject.toml cannot say: the C extensions, and the pages that travel in the wheel.

The packet engine, the recorder and the load generator need a C11 compiler and Python's headers, no
more.
"""

import shutil
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_py import build_py

PAGES = Path("web", "dist")


def _extension(name: str) -> Extension:
    """The module: all C files of its folder, and the headers that the rooms of relay share."""
    folder = Path(*name.split(".")[:-1])
    return Extension(
        name,
        sources=sorted(map(str, folder.glob("*.c"))),
        depends=sorted(map(str, [*folder.glob("*.h"), *folder.parent.glob("*.h")])),
        extra_compile_args=["-std=c11", "-D_GNU_SOURCE", "-O2", "-flto", "-fvisibility=hidden"],
        extra_link_args=["-flto", "-O2"],
        libraries=["m"],
    )


class BuildWithPages(build_py):
    """Puts the pages and config.toml beside signaling/shipped;
    an editable install reads them in place.
    """

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        if not (PAGES / "index.html").is_file():
            raise SystemExit(
                f"{PAGES} is missing: `make wheel` builds the pages, too, which needs Node 20."
            )
        target = Path(self.build_lib, "signaling", "shipped")
        shutil.copytree(PAGES, target / "web", dirs_exist_ok=True)
        shutil.copy("config.toml", target)


setup(
    ext_modules=[
        _extension("relay.engine._engine"),
        _extension("relay.recording._recording"),
        _extension("relay.load._load"),
    ],
    cmdclass={"build_py": BuildWithPages},
)
