from . import ir_actions_report
from . import letter_mixin
from . import account_letters
from . import call_sheet
from . import collection_cover
from . import dunning_letter
