from . import approval
from . import cancel
from . import forecast
from . import go_live
from . import notice_edit
from . import run_start
