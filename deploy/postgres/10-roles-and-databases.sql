-- Roles and databases of the suite. Runs any number of times with the same outcome.
--
-- Each service has a database that no other service can connect to, an owner that migrations use, and a role for its
-- processes that can change rows but never the schema. The audit log adds a role for each process that touches it.
-- Passwords come from the environment, so that they appear in no file and no process list:
--   CONTACTS_PASSWORD, CONTACTS_OWNER_PASSWORD, ... AUDIT_SEQUENCER_PASSWORD, AUDIT_PUBLISHER_PASSWORD, ...

\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SET log_statement = 'none';

\getenv contacts_password CONTACTS_PASSWORD
\getenv contacts_owner_password CONTACTS_OWNER_PASSWORD
\getenv cases_password CASES_PASSWORD
\getenv cases_owner_password CASES_OWNER_PASSWORD
\getenv notifications_password NOTIFICATIONS_PASSWORD
\getenv notifications_owner_password NOTIFICATIONS_OWNER_PASSWORD
\getenv audit_password AUDIT_PASSWORD
\getenv audit_owner_password AUDIT_OWNER_PASSWORD
\getenv audit_sequencer_password AUDIT_SEQUENCER_PASSWORD
\getenv audit_publisher_password AUDIT_PUBLISHER_PASSWORD
\getenv audit_reader_password AUDIT_READER_PASSWORD
\getenv gateway_password GATEWAY_PASSWORD
\getenv gateway_owner_password GATEWAY_OWNER_PASSWORD

-- A password that was not given stays a word with a colon before it, which no statement below can parse: nothing is
-- created with an empty password by mistake.
CREATE TEMPORARY TABLE wanted (role name PRIMARY KEY, secret text NOT NULL, runs_service boolean NOT NULL);
INSERT INTO wanted (role, secret, runs_service) VALUES
    ('contacts_owner', :'contacts_owner_password', false),
    ('contacts', :'contacts_password', true),
    ('cases_owner', :'cases_owner_password', false),
    ('cases', :'cases_password', true),
    ('notifications_owner', :'notifications_owner_password', false),
    ('notifications', :'notifications_password', true),
    ('audit_owner', :'audit_owner_password', false),
    ('audit', :'audit_password', true),
    ('audit_sequencer', :'audit_sequencer_password', true),
    ('audit_publisher', :'audit_publisher_password', true),
    ('audit_reader', :'audit_reader_password', true),
    ('gateway_owner', :'gateway_owner_password', false),
    ('gateway', :'gateway_password', true);

SELECT format('CREATE ROLE %I', role) FROM wanted
WHERE role NOT IN (SELECT rolname FROM pg_roles) ORDER BY role
\gexec

SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD %L', role, secret)
FROM wanted ORDER BY role
\gexec

-- A process that forgets a transaction must not hold rows, or the vacuum, for ever.
SELECT format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''60s''', role) FROM wanted
WHERE runs_service ORDER BY role
\gexec

SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING ''UTF8''', 'tellus_' || service, service || '_owner')
FROM unnest(ARRAY['contacts', 'cases', 'notifications', 'audit', 'gateway']) AS service
WHERE 'tellus_' || service NOT IN (SELECT datname FROM pg_database)
\gexec

DROP TABLE wanted;
