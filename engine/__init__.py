from . import dunning, dunning_run, handling, workdays
