-- A full-text index over a table, kept up to date by triggers
CREATE VIRTUAL TABLE ${1:items}_fts USING fts5(${2:column}, content='$1', content_rowid='${3:id}');
INSERT INTO $1_fts ($1_fts) VALUES ('rebuild');

CREATE TRIGGER $1_fts_insert AFTER INSERT ON $1 BEGIN
  INSERT INTO $1_fts (rowid, $2) VALUES (new.$3, new.$2);
END;
CREATE TRIGGER $1_fts_delete AFTER DELETE ON $1 BEGIN
  INSERT INTO $1_fts ($1_fts, rowid, $2) VALUES ('delete', old.$3, old.$2);
END;
CREATE TRIGGER $1_fts_update AFTER UPDATE ON $1 BEGIN
  INSERT INTO $1_fts ($1_fts, rowid, $2) VALUES ('delete', old.$3, old.$2);
  INSERT INTO $1_fts (rowid, $2) VALUES (new.$3, new.$2);
END;
$0
