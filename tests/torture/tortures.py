"""All tortures by a short name, in the order in which they are made."""

from torture_actions import ACTIONS
from torture_clients import COMMANDS, NONSENSE, STILL_CLIENTS
from torture_escapes import ESCAPES
from torture_files import CHECKPOINTS
from torture_hosts import FULL_DISKS, HOSTS
from torture_kills import KILLS
from torture_resume import RESUME
from torture_saves import SAVES
from torture_soak import SOAK
from torture_stalls import STALLS
from torture_terminals import ENDINGS, SUSPENDS
from torture_texts import TEXTS
from torturing import Torture

TORTURES: dict[str, Torture] = {
    "kills": KILLS,
    "saves": SAVES,
    "resume": RESUME,
    "checkpoints": CHECKPOINTS,
    "texts": TEXTS,
    "escapes": ESCAPES,
    "endings": ENDINGS,
    "suspends": SUSPENDS,
    "stalls": STALLS,
    "actions": ACTIONS,
    "clients": COMMANDS,
    "nonsense": NONSENSE,
    "still-clients": STILL_CLIENTS,
    "hosts": HOSTS,
    "full-disks": FULL_DISKS,
    "soak": SOAK,
}
