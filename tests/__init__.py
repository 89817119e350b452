from . import test_dunning_preview
from . import test_handling_access
from . import test_handling_status
from . import test_handling_hosts
from . import test_browser
from . import test_package
from . import test_real_processes
from . import test_translations
