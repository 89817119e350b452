from . import dunning_forecast
from . import dunning_go_live
