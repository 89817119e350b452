from . import (
    call_list,
    collectors,
    contact,
    dunning,
    dunning_run,
    handling,
    replies,
    response,
    sales_facts,
    watch,
    window,
    workdays,
)
