from . import opt_out
from . import answer_page
from . import balance_page
from . import dispute
from . import kept
from . import plan_page
from . import quotation_page
from . import sale_portal
