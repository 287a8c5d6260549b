-- The ledger: a chain of entries, and the bytes that they name by hash. Nothing is ever changed or removed.
CREATE TABLE events (
    number      INTEGER PRIMARY KEY CHECK (number > 0), -- 1, 2, 3 ...
    kind        TEXT NOT NULL,
    recorded_at TEXT NOT NULL, -- UTC
    payload     TEXT NOT NULL, -- JSON
    previous    TEXT NOT NULL, -- hash of the entry before; 64 zeros for the first
    hash        TEXT NOT NULL UNIQUE -- SHA-256 of all of the above
) STRICT;

CREATE TABLE objects (
    sha256  TEXT NOT NULL, -- of all parts together
    part    INTEGER NOT NULL CHECK (part >= 0),
    parts   INTEGER NOT NULL CHECK (parts > 0),
    content BLOB NOT NULL,
    PRIMARY KEY (sha256, part)
) STRICT;

CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the ledger only grows: an entry never changes'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the ledger only grows: an entry is never removed'); END;
CREATE TRIGGER events_follow BEFORE INSERT ON events
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM events)
BEGIN SELECT RAISE(ABORT, 'the ledger only grows: the next entry has the next number'); END;
CREATE TRIGGER objects_stay BEFORE UPDATE ON objects BEGIN SELECT RAISE(ABORT, 'the ledger only grows: kept bytes never change'); END;
CREATE TRIGGER objects_remain BEFORE DELETE ON objects BEGIN SELECT RAISE(ABORT, 'the ledger only grows: kept bytes are never removed'); END;
