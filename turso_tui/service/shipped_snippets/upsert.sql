-- Insert a row, or change the one that is there
INSERT INTO ${1:items} (${2:id}, ${3:column})
VALUES (${4:value}, ${5:value})
    ON CONFLICT ($2) DO UPDATE SET $3 = excluded.$3
RETURNING *;$0
