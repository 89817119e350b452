from . import handling
from . import books
from . import dunning
from . import portal
from . import sales
from . import collecting
from . import privacy
from . import foresight
