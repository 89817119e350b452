from . import contact_dialog
from . import close
