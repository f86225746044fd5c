"""How long tests wait for expected events.

Seconds, enough for a busy machine; only a failing test takes this long. PATIENCE=10 in the
environment makes failing tests end sooner.
"""

import os

PATIENCE = int(os.environ.get("PATIENCE", 120))
