-- The elements of a JSON array, a row each
SELECT ${1:items}.${2:id}, element.key, element.value
  FROM $1, json_each($1.${3:json}, '${4:\$}') AS element
 WHERE ${5:element.type = 'text'};$0
