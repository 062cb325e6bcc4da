"""One film of a recorded session, for whoever wants it as one file that every player knows."""

from relay.composition.arrangement import Layout
from relay.composition.composer import compose
from relay.composition.piece import Piece

__all__ = ["Layout", "Piece", "compose"]
