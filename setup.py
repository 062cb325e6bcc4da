"""The packet engine, the one part that is compiled: needs a C11 compiler and Python's headers, nothing else."""

from pathlib import Path

from setuptools import Extension, setup

_ENGINE = Path("relay/engine")

setup(
    ext_modules=[
        Extension(
            "relay.engine._engine",
            sources=sorted(map(str, _ENGINE.glob("*.c"))),
            depends=sorted(map(str, _ENGINE.glob("*.h"))),
            extra_compile_args=["-std=c11", "-D_GNU_SOURCE", "-O2"],
            libraries=["m"],
        )
    ]
)
