"""What is kept: judgements that were paid for, grades, and what people said about them."""

from evaluator.store.audit import AuditLog, Verified
from evaluator.store.protocol import GradeRecord, Judgements, Store
from evaluator.store.sqlite import SqliteStore

__all__ = ["AuditLog", "GradeRecord", "Judgements", "SqliteStore", "Store", "Verified"]
