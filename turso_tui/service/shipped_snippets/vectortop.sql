-- The nearest neighbours of a vector, through its index
SELECT ${1:items}.*
  FROM vector_top_k('${2:index_name}', vector32(:vector), ${3:10}) AS nearest
  JOIN $1 ON $1.rowid = nearest.id;$0
