-- The last lock inside the audit log's database: not even its owner changes or drops the log's tables and triggers.
--
-- Event triggers belong to a superuser, so this is run once by one, after the first migration and any number of times
-- again with the same outcome:
--   psql -d tellus_audit -f audit_hardening.sql
-- A later migration that must alter these tables is let through by a superuser:
--   ALTER EVENT TRIGGER keep_log_shape DISABLE;  -- run the migration --  ALTER EVENT TRIGGER keep_log_shape ENABLE ALWAYS;
-- A superuser can do anything, this included. What then still shows is that the log no longer agrees with the
-- checkpoints that were handed out: keep those where this database's administrators cannot reach them.

\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

BEGIN;

CREATE SCHEMA IF NOT EXISTS log_guard;
REVOKE ALL ON SCHEMA log_guard FROM PUBLIC;

CREATE OR REPLACE FUNCTION log_guard.guards(name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT name ~ '^(entry|entry_[0-9]{5}|entry_key|entry_subject|tile|checkpoint|log_state|subject_head|producer_stream|gap)$'
$$;

CREATE OR REPLACE FUNCTION log_guard.refuse_new_shape() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT c.relname, done.command_tag
        FROM pg_event_trigger_ddl_commands() AS done
        LEFT JOIN pg_trigger AS t ON done.classid = 'pg_trigger'::regclass AND t.oid = done.objid
        LEFT JOIN pg_rewrite AS r ON done.classid = 'pg_rewrite'::regclass AND r.oid = done.objid
        LEFT JOIN pg_policy AS p ON done.classid = 'pg_policy'::regclass AND p.oid = done.objid
        JOIN pg_class AS c ON c.oid = coalesce(t.tgrelid, r.ev_class, p.polrelid, done.objid)
        WHERE c.relnamespace = 'public'::regnamespace AND log_guard.guards(c.relname)
          -- A table made in this very transaction is still being made: a new partition gets its triggers.
          AND NOT EXISTS (SELECT FROM pg_type AS y WHERE y.typrelid = c.oid AND y.xmin = pg_current_xact_id()::xid)
    LOOP
        RAISE EXCEPTION '% on % is refused: the log keeps its shape', found.command_tag, found.relname
            USING ERRCODE = 'restrict_violation', HINT = 'See deploy/postgres/audit_hardening.sql.';
    END LOOP;
    IF EXISTS (
        SELECT FROM pg_event_trigger_ddl_commands() AS done
        JOIN pg_proc AS f ON done.classid = 'pg_proc'::regclass AND f.oid = done.objid
        WHERE f.proname IN ('refuse_change', 'refuse_shrinking', 'make_room_for_entries')
    ) THEN
        RAISE EXCEPTION 'the functions that keep the log are not replaced'
            USING ERRCODE = 'restrict_violation', HINT = 'See deploy/postgres/audit_hardening.sql.';
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION log_guard.refuse_dropping() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT object_type, object_identity FROM pg_event_trigger_dropped_objects()
        WHERE (object_type IN ('table', 'table column', 'table constraint') AND schema_name = 'public'
               AND log_guard.guards(split_part(object_identity, '.', 2)))
           OR (object_type IN ('table column', 'table constraint', 'trigger', 'rule')
               AND log_guard.guards(address_names[2]) AND address_names[1] = 'public')
           OR (object_type = 'function' AND object_identity ~ '^public\.(refuse_change|refuse_shrinking|make_room_for_entries)\(')
    LOOP
        RAISE EXCEPTION 'dropping % % is refused: the log keeps its shape', found.object_type, found.object_identity
            USING ERRCODE = 'restrict_violation', HINT = 'See deploy/postgres/audit_hardening.sql.';
    END LOOP;
END
$$;

DROP EVENT TRIGGER IF EXISTS keep_log_shape;
CREATE EVENT TRIGGER keep_log_shape ON ddl_command_end
    WHEN TAG IN ('ALTER TABLE', 'ALTER TRIGGER', 'CREATE TRIGGER', 'CREATE RULE', 'ALTER RULE', 'CREATE POLICY',
                 'ALTER POLICY', 'CREATE FUNCTION', 'ALTER FUNCTION')
    EXECUTE FUNCTION log_guard.refuse_new_shape();
ALTER EVENT TRIGGER keep_log_shape ENABLE ALWAYS;

DROP EVENT TRIGGER IF EXISTS keep_log;
CREATE EVENT TRIGGER keep_log ON sql_drop EXECUTE FUNCTION log_guard.refuse_dropping();
ALTER EVENT TRIGGER keep_log ENABLE ALWAYS;

COMMIT;
