"""The rows of one table: browsed at the server, changed in memory first, and applied as one transaction."""
