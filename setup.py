"""The packet engine and the load generator are compiled: that needs a C11 compiler and Python's headers, no more."""

from pathlib import Path

from setuptools import Extension, setup


def _extension(name: str) -> Extension:
    """The module and all C files of its folder."""
    folder = Path(*name.split(".")[:-1])
    return Extension(
        name,
        sources=sorted(map(str, folder.glob("*.c"))),
        depends=sorted(map(str, folder.glob("*.h"))),
        extra_compile_args=["-std=c11", "-D_GNU_SOURCE", "-O2"],
        libraries=["m"],
    )


setup(ext_modules=[_extension("relay.engine._engine"), _extension("relay.load._load")])
