from . import payment_model
from . import payment_forecast
from . import night
from . import account_move
