-- Walk a tree or a series, row after row
WITH RECURSIVE ${1:steps} (${2:n}) AS (
  SELECT ${3:1}
   UNION ${4|ALL,DISTINCT|}
  SELECT ${5:$2 + 1} FROM $1 WHERE ${6:$2 < 10}
)
SELECT * FROM $1;$0
