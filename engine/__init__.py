from . import handling
