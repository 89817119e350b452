from . import (
    agreements,
    books,
    collecting,
    dunning,
    handling,
    portal,
    privacy,
    sales,
)
