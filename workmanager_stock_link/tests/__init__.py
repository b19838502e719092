from . import test_access
from . import test_consumption
from . import test_equipment
from . import test_history
from . import test_release
from . import test_supply
from . import test_use
from . import test_warehouse
