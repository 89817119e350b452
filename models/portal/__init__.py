from . import token_page
from . import notice
from . import balance_confirmation
from . import answer
from . import post
from . import res_partner
