from . import token_page
from . import notice
from . import amounts
from . import balance_confirmation
from . import answer
from . import post
from . import ir_http
from . import res_partner
