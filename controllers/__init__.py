from . import opt_out
from . import answer_page
from . import balance_page
from . import kept
