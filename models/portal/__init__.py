from . import balance_confirmation
from . import notice
from . import notice_rating
from . import answer
from . import post
from . import res_partner_addressee
from . import res_partner_satisfaction
