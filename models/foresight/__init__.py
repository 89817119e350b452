from . import payment_model
from . import payment_forecast
