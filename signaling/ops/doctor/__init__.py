"""`carelay doctor`: what stands between this machine and a call, said plainly,
with what to do about it.
"""

from signaling.ops.doctor.run import run

__all__ = ["run"]
