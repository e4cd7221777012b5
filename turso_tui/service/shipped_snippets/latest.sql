-- The latest row of each group
SELECT *
  FROM (
    SELECT *, row_number() OVER (PARTITION BY ${2:thread_id} ORDER BY ${3:created_at} DESC) AS place
      FROM ${1:items}
  )
 WHERE place = 1;$0
