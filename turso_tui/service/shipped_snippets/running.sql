-- A running total
SELECT ${2:created_at}, ${3:amount},
       sum($3) OVER (ORDER BY $2 ROWS UNBOUNDED PRECEDING) AS total
  FROM ${1:items}
 ORDER BY $2;$0
