from . import books
from . import dunning
from . import collecting
from . import portal
