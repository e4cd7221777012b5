-- Several statements, all of them or none
BEGIN ${1|IMMEDIATE,DEFERRED|};
${2:UPDATE items SET title = value WHERE id = 1};
COMMIT;$0
