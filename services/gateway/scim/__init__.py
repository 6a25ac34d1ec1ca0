"""SCIM 2.0 (RFC 7643, 7644): how other systems tell the directory who joins, moves and leaves."""
