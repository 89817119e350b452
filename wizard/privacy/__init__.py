from . import anonymise
from . import deletion
