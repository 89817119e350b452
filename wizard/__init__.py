from . import contact_dialog
from . import dunning_ask_salesperson
from . import dunning_collector_assign
from . import dunning_forecast
from . import dunning_go_live
from . import handling_close
