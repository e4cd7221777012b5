-- Every row beneath one, with its depth and path
WITH RECURSIVE tree AS (
  SELECT id, ${2:parent_id}, 0 AS depth, CAST(id AS TEXT) AS path
    FROM ${1:items}
   WHERE ${3:parent_id IS NULL}
   UNION ALL
  SELECT child.id, child.$2, depth + 1, path || '/' || child.id
    FROM $1 AS child
    JOIN tree ON child.$2 = tree.id
)
SELECT * FROM tree ORDER BY path;$0
