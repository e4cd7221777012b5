-- A trigger that says when a row was changed last
CREATE TRIGGER ${1:items}_touched AFTER UPDATE ON $1 FOR EACH ROW WHEN new.${2:updated_at} IS old.$2 BEGIN
  UPDATE $1 SET $2 = strftime('%Y-%m-%dT%H:%M:%fZ') WHERE rowid = new.rowid;
END;$0
