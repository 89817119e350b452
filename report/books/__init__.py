from . import ir_actions_report
from . import letter_mixin
from . import account_letters
