from . import call_sheet
from . import collection_cover
