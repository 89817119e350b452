from . import forecast
from . import go_live
