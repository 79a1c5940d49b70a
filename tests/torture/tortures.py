"""All tortures by a short name, in the order in which they are made."""

from torture_escapes import ESCAPES
from torture_files import CHECKPOINTS, TEXTS
from torture_kills import KILLS
from torture_resume import RESUME
from torture_saves import SAVES
from torturing import Torture

TORTURES: dict[str, Torture] = {
    "kills": KILLS,
    "saves": SAVES,
    "resume": RESUME,
    "checkpoints": CHECKPOINTS,
    "texts": TEXTS,
    "escapes": ESCAPES,
}
