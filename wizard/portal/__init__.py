from . import satisfaction
from . import statement
