from . import contact_dialog
from . import dunning_forecast
from . import dunning_go_live
from . import handling_close
from . import receivable_ageing_date
