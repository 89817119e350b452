from . import call_result
from . import lead_handover
