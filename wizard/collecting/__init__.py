from . import action
from . import action_customers
from . import action_items
from . import action_now
from . import action_offset
from . import ask_salesperson
from . import collector_assign
from . import partner_merge
