-- A new table with what most tables have
CREATE TABLE ${1:name} (
  id INTEGER PRIMARY KEY,
  ${2:title} ${3|TEXT,INTEGER,REAL,BLOB|} NOT NULL,
  created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ'))
) STRICT;$0
