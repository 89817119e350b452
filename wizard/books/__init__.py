from . import payment_register
from . import payment_return
from . import statement
from . import ageing_date
from . import validate_account_move
