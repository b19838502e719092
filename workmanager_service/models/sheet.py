"""The constants of the sheet that other addons use."""

from .service.sheet import CODE_ALPHABET, CODE_LENGTH
from .service.states import CLOSED_STATES

__all__ = ["CLOSED_STATES", "CODE_ALPHABET", "CODE_LENGTH"]
