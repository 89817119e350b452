from . import dunning, dunning_run, handling, replies, window, workdays
