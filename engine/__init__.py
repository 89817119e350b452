from . import call_list, contact, dunning, dunning_run, handling, replies, response, window, workdays
