-- A copy of a table before it is changed
CREATE TABLE ${1:items}_${2:backup} AS SELECT * FROM $1;$0
