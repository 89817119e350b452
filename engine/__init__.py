from . import dunning, handling, workdays
