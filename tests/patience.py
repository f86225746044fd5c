"""How long the tests wait for what has to come.

Seconds, for a busy machine: they are spent only on what never comes. PATIENCE=10 in the
environment makes a test that fails end sooner.
"""

import os

PATIENCE = int(os.environ.get("PATIENCE", 120))
