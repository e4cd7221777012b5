-- Search a full-text index, the best matches first
SELECT ${1:items}.*, snippet($1_fts, ${2:0}, '[', ']', '…', 12) AS found
  FROM $1_fts
  JOIN $1 ON $1.${3:id} = $1_fts.rowid
 WHERE $1_fts MATCH :words
 ORDER BY rank
 LIMIT ${4:20};$0
