-- Values that stand in more than one row
SELECT ${2:column}, count(*) AS times, group_concat(${3:rowid}) AS where_they_are
  FROM ${1:items}
 GROUP BY $2
HAVING count(*) > 1
 ORDER BY times DESC;$0
