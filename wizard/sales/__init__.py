from . import call_result
from . import contact_result
from . import crm_lead_lost
from . import lead_handover
from . import quotation_renew
from . import mail_compose
from . import mass_cancel_orders
from . import work_hand_over
