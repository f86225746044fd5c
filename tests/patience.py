"""How long tests wait for expected events, and which slow tests run.

PATIENCE: seconds, enough for a busy machine; only a failing test takes this long, and PATIENCE=10
makes failing tests end sooner. SLOW: 0 by default, 1 in .ci/run, 2 before a release.
"""

import os

PATIENCE = int(os.environ.get("PATIENCE", 120))
SLOW = int(os.environ.get("SLOW") or 0)
