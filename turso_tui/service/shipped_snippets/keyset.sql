-- The next page without OFFSET, which would read every row before it
SELECT *
  FROM ${1:items}
 WHERE (${2:created_at}, ${3:id}) < (:last_$2, :last_$3)
 ORDER BY $2 DESC, $3 DESC
 LIMIT ${4:50};$0
