-- Rights inside one service's database. Runs any number of times with the same outcome, connected to that database:
--   psql -v service=contacts -d tellus_contacts -f 20-inside-one-database.sql
--
-- What the owner creates, the service may read and change by default; what it may not (the log's own tables), a
-- migration takes away again.

\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;

SELECT :'service' || '_owner' AS owner \gset

REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME" TO :"service";
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), rolname) FROM pg_roles
WHERE :'service' = 'audit' AND rolname IN ('audit_sequencer', 'audit_publisher', 'audit_reader')
\gexec

ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"service";
SELECT format('GRANT USAGE ON SCHEMA public TO %I', rolname) FROM pg_roles
WHERE :'service' = 'audit' AND rolname IN ('audit_sequencer', 'audit_publisher', 'audit_reader')
\gexec

ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO :"service";
