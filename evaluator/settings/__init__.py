"""Settings: every value, and where it came from. The only room that reads the environment."""

from evaluator.settings.loading import load
from evaluator.settings.model import Settings
from evaluator.settings.owners import OWNERS, Owner, host_of, is_loopback
from evaluator.settings.sources import Files, find_files

__all__ = ["OWNERS", "Files", "Owner", "Settings", "find_files", "host_of", "is_loopback", "load"]
