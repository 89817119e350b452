from . import contact_dialog
from . import contact_result
from . import close
