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
-- Event triggers run as whoever gave the command.
GRANT USAGE ON SCHEMA log_guard TO PUBLIC;

CREATE OR REPLACE FUNCTION log_guard.guards(name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT name ~ '^(entry|entry_[0-9]{5}|entry_key|entry_subject|tile|checkpoint|log_state|subject_head|producer_stream|gap)$'
$$;

-- By identity, because after a command that renames, the old name is gone.
CREATE TABLE IF NOT EXISTS log_guard.kept (classid oid, objid oid, PRIMARY KEY (classid, objid));
TRUNCATE log_guard.kept;
INSERT INTO log_guard.kept
SELECT 'pg_class'::regclass, oid FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND log_guard.guards(relname)
UNION ALL
SELECT 'pg_proc'::regclass, oid FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
  AND proname IN ('refuse_change', 'refuse_shrinking', 'make_room_for_entries');
REVOKE ALL ON log_guard.kept FROM PUBLIC;
GRANT SELECT ON log_guard.kept TO PUBLIC;

CREATE OR REPLACE FUNCTION log_guard.refuse_new_shape() RETURNS event_trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT done.command_tag, done.object_identity
        FROM pg_event_trigger_ddl_commands() AS done
        LEFT JOIN pg_trigger AS t ON done.classid = 'pg_trigger'::regclass AND t.oid = done.objid
        LEFT JOIN pg_rewrite AS r ON done.classid = 'pg_rewrite'::regclass AND r.oid = done.objid
        LEFT JOIN pg_policy AS p ON done.classid = 'pg_policy'::regclass AND p.oid = done.objid
        CROSS JOIN LATERAL (
            SELECT coalesce(t.tgrelid, r.ev_class, p.polrelid, done.objid) AS oid,
                   CASE WHEN done.classid = 'pg_proc'::regclass THEN done.classid ELSE 'pg_class'::regclass END AS classid
        ) AS touched
        LEFT JOIN pg_inherits AS i ON touched.classid = 'pg_class'::regclass AND i.inhrelid = touched.oid
        WHERE EXISTS (
            SELECT FROM log_guard.kept AS k
            WHERE k.classid = touched.classid AND k.objid IN (touched.oid, i.inhparent)
        )
          -- A table made in this very transaction is still being made: a new partition gets its triggers.
          -- (The row of a system column is written when its table is made, and by no later command.)
          AND NOT EXISTS (
              SELECT FROM pg_attribute AS a
              WHERE a.attrelid = touched.oid AND a.attname = 'tableoid' AND a.xmin = pg_current_xact_id()::xid
          )
    LOOP
        RAISE EXCEPTION '% on % is refused: the log keeps its shape', found.command_tag, found.object_identity
            USING ERRCODE = 'restrict_violation', HINT = 'See deploy/postgres/audit_hardening.sql.';
    END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION log_guard.refuse_dropping() RETURNS event_trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
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
