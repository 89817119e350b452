from . import (
    agreements,
    books,
    collecting,
    dunning,
    handling,
    portal,
    sales,
)
