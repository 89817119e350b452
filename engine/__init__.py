from . import contact, dunning, dunning_run, handling, replies, response, window, workdays
