"""What verifier costs, measured against its peers and against the bare floor, and the soak.

The soak and the loads speak to the emulator of the tests, on this machine alone.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
