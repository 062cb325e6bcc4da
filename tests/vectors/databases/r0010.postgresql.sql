SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.audit_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$;
CREATE FUNCTION public.consents_is_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION 'consents is append-only'; END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.audit (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    action character varying(64) NOT NULL,
    actor_id character varying(128),
    actor_name character varying(200),
    actor_role character varying(16),
    session_id character varying(128),
    recording_id character varying(128),
    address character varying(64),
    user_agent text,
    detail text NOT NULL
);
CREATE SEQUENCE public.audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_id_seq OWNED BY public.audit.id;
CREATE TABLE public.consents (
    id bigint NOT NULL,
    session_id character varying(128) NOT NULL,
    user_id character varying(128) NOT NULL,
    role character varying(16) NOT NULL,
    decision character varying(16) NOT NULL,
    text_id character varying(64) NOT NULL,
    text_version character varying(32) NOT NULL,
    text_sha256 character varying(64) NOT NULL,
    language character varying(35) NOT NULL,
    at timestamp with time zone NOT NULL,
    address character varying(64),
    user_agent text,
    CONSTRAINT ck_consents_decision CHECK (((decision)::text = ANY ((ARRAY['given'::character varying, 'declined'::character varying, 'withdrawn'::character varying])::text[]))),
    CONSTRAINT ck_consents_role CHECK (((role)::text = ANY ((ARRAY['patient'::character varying, 'provider'::character varying, 'compliance'::character varying, 'ops'::character varying, 'admin'::character varying])::text[])))
);
CREATE SEQUENCE public.consents_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.consents_id_seq OWNED BY public.consents.id;
CREATE TABLE public.login_devices (
    token_sha256 character varying(64) NOT NULL,
    user_id character varying(128) NOT NULL,
    used_at timestamp with time zone NOT NULL
);
CREATE TABLE public.login_sessions (
    token_sha256 character varying(64) NOT NULL,
    user_id character varying(128) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);
CREATE TABLE public.properties (
    name character varying(64) NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.recording_parts (
    id character varying(128) NOT NULL,
    recording_id character varying(128) NOT NULL,
    participant_id character varying(128) NOT NULL,
    source character varying(16) NOT NULL,
    media_type character varying(128) NOT NULL,
    path character varying(255) NOT NULL,
    offset_ms bigint NOT NULL,
    duration_ms bigint NOT NULL,
    size_bytes bigint NOT NULL,
    seek_header bytea NOT NULL,
    body_offset integer NOT NULL,
    state character varying(16) NOT NULL,
    losses json,
    mac bytea,
    CONSTRAINT ck_recording_parts_source CHECK (((source)::text = ANY ((ARRAY['camera'::character varying, 'screen'::character varying])::text[]))),
    CONSTRAINT ck_recording_parts_state CHECK (((state)::text = ANY ((ARRAY['recording'::character varying, 'sealed'::character varying, 'recovered'::character varying, 'lost'::character varying])::text[])))
);
CREATE TABLE public.recordings (
    id character varying(128) NOT NULL,
    session_id character varying(128) NOT NULL,
    state character varying(16) NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    wrapped_key bytea NOT NULL,
    key_id character varying(16) NOT NULL,
    gaps json,
    CONSTRAINT ck_recordings_state CHECK (((state)::text = ANY ((ARRAY['recording'::character varying, 'complete'::character varying, 'recovered'::character varying, 'failed'::character varying])::text[])))
);
CREATE TABLE public.telemedicine_sessions (
    id character varying(128) NOT NULL,
    patient_id character varying(128) NOT NULL,
    provider_id character varying(128) NOT NULL,
    room_id character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    invitation_expires_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    duration_minutes integer,
    call_status character varying(16) NOT NULL,
    end_reason character varying(32),
    audio_only boolean NOT NULL,
    recording_enabled boolean NOT NULL,
    recording_consent_given boolean,
    recording_file_path character varying(255),
    connection_quality character varying(16),
    bandwidth_used bigint NOT NULL,
    duration_seconds integer,
    emergency_raised_at timestamp with time zone,
    emergency_raised_by character varying(16),
    emergency_reached json,
    emergency_acknowledged_at timestamp with time zone,
    emergency_acknowledged_by character varying(200),
    connection_by_side json,
    CONSTRAINT ck_telemedicine_sessions_call_status CHECK (((call_status)::text = ANY ((ARRAY['initiated'::character varying, 'active'::character varying, 'ended'::character varying, 'failed'::character varying, 'declined'::character varying, 'missed'::character varying])::text[]))),
    CONSTRAINT ck_telemedicine_sessions_connection_quality CHECK (((connection_quality)::text = ANY ((ARRAY['poor'::character varying, 'fair'::character varying, 'good'::character varying, 'excellent'::character varying])::text[])))
);
CREATE TABLE public.users (
    id character varying(128) NOT NULL,
    username character varying(128),
    name character varying(200) NOT NULL,
    role character varying(16) NOT NULL,
    password_hash character varying(255),
    source character varying(16) NOT NULL,
    demo boolean NOT NULL,
    disabled boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    token_issued_at timestamp with time zone,
    CONSTRAINT ck_users_role CHECK (((role)::text = ANY ((ARRAY['patient'::character varying, 'provider'::character varying, 'compliance'::character varying, 'ops'::character varying, 'admin'::character varying])::text[]))),
    CONSTRAINT ck_users_source CHECK (((source)::text = ANY ((ARRAY['local'::character varying, 'token'::character varying])::text[])))
);
ALTER TABLE ONLY public.audit ALTER COLUMN id SET DEFAULT nextval('public.audit_id_seq'::regclass);
ALTER TABLE ONLY public.consents ALTER COLUMN id SET DEFAULT nextval('public.consents_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0010');
INSERT INTO public.audit VALUES (1, '2026-11-27 09:00:00.25+00', 'user.created', NULL, 'command line', NULL, NULL, NULL, NULL, NULL, '{"username":"sam"}');
INSERT INTO public.audit VALUES (2, '2026-11-27 09:00:00.25+00', 'call.initiated', '00000000000000000000000000000001', 'Dr. Elena Rivera', 'provider', '00000000000000000000000000000005', NULL, '192.0.2.7', 'Firefox', '{"audio_only":false,"recording_enabled":true}');
INSERT INTO public.audit VALUES (3, '2026-11-27 09:00:00.25+00', 'consent.given', '00000000000000000000000000000001', 'Dr. Elena Rivera', 'provider', '00000000000000000000000000000005', NULL, NULL, NULL, '{}');
INSERT INTO public.audit VALUES (4, '2026-11-27 09:00:10.25+00', 'consent.given', '00000000000000000000000000000002', 'Sam Lee', 'patient', '00000000000000000000000000000005', NULL, NULL, NULL, '{}');
INSERT INTO public.audit VALUES (5, '2026-11-27 09:00:11.25+00', 'recording.started', NULL, NULL, NULL, '00000000000000000000000000000005', 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', NULL, NULL, '{}');
INSERT INTO public.audit VALUES (6, '2026-11-27 09:01:11.25+00', 'recording.completed', NULL, NULL, NULL, '00000000000000000000000000000005', 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', NULL, NULL, '{}');
INSERT INTO public.audit VALUES (7, '2026-11-27 09:02:15.25+00', 'call.ended', NULL, NULL, NULL, '00000000000000000000000000000005', NULL, NULL, NULL, '{"duration_seconds":125,"reason":"hung_up"}');
INSERT INTO public.audit VALUES (8, '2026-11-27 10:00:00.25+00', 'call.initiated', '00000000000000000000000000000001', 'Dr. Elena Rivera', 'provider', '00000000000000000000000000000006', NULL, '192.0.2.7', 'Firefox', '{"audio_only":false,"recording_enabled":true}');
INSERT INTO public.audit VALUES (9, '2026-11-27 10:00:00.25+00', 'consent.given', '00000000000000000000000000000001', 'Dr. Elena Rivera', 'provider', '00000000000000000000000000000006', NULL, NULL, NULL, '{}');
INSERT INTO public.audit VALUES (10, '2026-11-27 11:00:00.25+00', 'call.initiated', '00000000000000000000000000000001', 'Dr. Elena Rivera', 'provider', '00000000000000000000000000000007', NULL, '192.0.2.7', 'Firefox', '{"audio_only":true,"recording_enabled":false}');
INSERT INTO public.audit VALUES (11, '2026-11-27 12:00:00.25+00', 'call.initiated', '00000000000000000000000000000001', 'Dr. Elena Rivera', 'provider', '00000000000000000000000000000008', NULL, '192.0.2.7', 'Firefox', '{"audio_only":false,"recording_enabled":true}');
INSERT INTO public.audit VALUES (12, '2026-11-27 12:00:00.25+00', 'consent.given', '00000000000000000000000000000001', 'Dr. Elena Rivera', 'provider', '00000000000000000000000000000008', NULL, NULL, NULL, '{}');
INSERT INTO public.audit VALUES (13, '2026-11-27 12:00:09.25+00', 'consent.declined', 'platform|noor', 'Noor «Ö»', 'patient', '00000000000000000000000000000008', NULL, NULL, NULL, '{}');
INSERT INTO public.audit VALUES (14, '2026-11-27 13:00:00.25+00', 'call.initiated', '00000000000000000000000000000001', 'Dr. Elena Rivera', 'provider', '00000000000000000000000000000009', NULL, '192.0.2.7', 'Firefox', '{"audio_only":false,"recording_enabled":true}');
INSERT INTO public.audit VALUES (15, '2026-11-27 13:00:00.25+00', 'consent.given', '00000000000000000000000000000001', 'Dr. Elena Rivera', 'provider', '00000000000000000000000000000009', NULL, NULL, NULL, '{}');
INSERT INTO public.audit VALUES (16, '2026-11-27 13:00:10.25+00', 'consent.given', '00000000000000000000000000000002', 'Sam Lee', 'patient', '00000000000000000000000000000009', NULL, NULL, NULL, '{}');
INSERT INTO public.audit VALUES (17, '2026-11-27 13:00:11.25+00', 'recording.started', NULL, NULL, NULL, '00000000000000000000000000000009', 'b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2', NULL, NULL, '{}');
INSERT INTO public.audit VALUES (18, '2026-11-27 13:00:20.25+00', 'call.initiated', '00000000000000000000000000000001', 'Dr. Elena Rivera', 'provider', '0000000000000000000000000000000a', NULL, '192.0.2.7', 'Firefox', '{"audio_only":false,"recording_enabled":false}');
INSERT INTO public.consents VALUES (1, '00000000000000000000000000000005', '00000000000000000000000000000001', 'provider', 'given', 'recording', '1', 'abababababababababababababababababababababababababababababababab', 'en', '2026-11-27 09:00:00.25+00', '192.0.2.8', 'Chromium');
INSERT INTO public.consents VALUES (2, '00000000000000000000000000000005', '00000000000000000000000000000002', 'patient', 'given', 'recording', '1', 'abababababababababababababababababababababababababababababababab', 'en', '2026-11-27 09:00:10.25+00', '192.0.2.8', 'Chromium');
INSERT INTO public.consents VALUES (3, '00000000000000000000000000000006', '00000000000000000000000000000001', 'provider', 'given', 'recording', '1', 'abababababababababababababababababababababababababababababababab', 'en', '2026-11-27 10:00:00.25+00', '192.0.2.8', 'Chromium');
INSERT INTO public.consents VALUES (4, '00000000000000000000000000000008', '00000000000000000000000000000001', 'provider', 'given', 'recording', '1', 'abababababababababababababababababababababababababababababababab', 'en', '2026-11-27 12:00:00.25+00', '192.0.2.8', 'Chromium');
INSERT INTO public.consents VALUES (5, '00000000000000000000000000000008', 'platform|noor', 'patient', 'declined', 'recording', '1', 'abababababababababababababababababababababababababababababababab', 'en', '2026-11-27 12:00:09.25+00', '192.0.2.8', 'Chromium');
INSERT INTO public.consents VALUES (6, '00000000000000000000000000000009', '00000000000000000000000000000001', 'provider', 'given', 'recording', '1', 'abababababababababababababababababababababababababababababababab', 'en', '2026-11-27 13:00:00.25+00', '192.0.2.8', 'Chromium');
INSERT INTO public.consents VALUES (7, '00000000000000000000000000000009', '00000000000000000000000000000002', 'patient', 'given', 'recording', '1', 'abababababababababababababababababababababababababababababababab', 'en', '2026-11-27 13:00:10.25+00', '192.0.2.8', 'Chromium');
INSERT INTO public.login_devices VALUES ('e3316e2bafebb6103a3418e8778c0adc960d40213a03a7e7f4fcd3426ed807bf', '00000000000000000000000000000001', '2026-11-27 09:00:00.25+00');
INSERT INTO public.login_sessions VALUES ('e3316e2bafebb6103a3418e8778c0adc960d40213a03a7e7f4fcd3426ed807bf', '00000000000000000000000000000001', '2026-11-27 09:00:00.25+00', '2026-11-27 21:00:00.25+00', NULL);
INSERT INTO public.properties VALUES ('recordings_place', 'the place');
INSERT INTO public.recording_parts VALUES ('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a100', 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', '00000000000000000000000000000001', 'camera', 'video/webm; codecs="vp8, opus"', 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a100.part', 0, 60000, 1000000, '\x1a45dfa3', 4, 'sealed', '{"lost_packets": 0}', '\x79bc5e98569e0b893e97c799e404c71ecb2c05ccb1ffaea481c69b322ccdf387');
INSERT INTO public.recording_parts VALUES ('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a101', 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', '00000000000000000000000000000002', 'camera', 'video/webm; codecs="vp8, opus"', 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a101.part', 40, 60000, 1000000, '\x1a45dfa3', 4, 'sealed', '{"lost_packets": 0}', '\x1c99d4fd191c8201792070c47d8c932783766d5169d7ad4cfa492a8d8e8382e6');
INSERT INTO public.recording_parts VALUES ('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a102', 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', '00000000000000000000000000000001', 'screen', 'video/webm; codecs="vp8, opus"', 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a102.part', 80, 60000, 1000000, '\x1a45dfa3', 4, 'sealed', '{"lost_packets": 0}', '\xc2a3cab8463783c8d7618f9af13c397ed68f9c14ed1b699fb7f17c0a3273d8eb');
INSERT INTO public.recording_parts VALUES ('b2b2b2b2b2b2b2b2b2b2b2b2b2b2b200', 'b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2', '00000000000000000000000000000001', 'camera', 'video/webm; codecs="vp8, opus"', 'b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2/b2b2b2b2b2b2b2b2b2b2b2b2b2b2b200.part', 0, 0, 0, '\x', 0, 'recording', NULL, '\x0cf966118da8b96d639c7ec1dbb9ba03951db2f5f4836a19475134431b4beaea');
INSERT INTO public.recording_parts VALUES ('b2b2b2b2b2b2b2b2b2b2b2b2b2b2b201', 'b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2', '00000000000000000000000000000002', 'camera', 'video/webm; codecs="vp8, opus"', 'b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2/b2b2b2b2b2b2b2b2b2b2b2b2b2b2b201.part', 40, 0, 0, '\x', 0, 'recording', NULL, '\xf7f4a93f241a6d6e843dc99e179bd3668937c24ddcc79f63a991a5f24d208e98');
INSERT INTO public.recordings VALUES ('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', '00000000000000000000000000000005', 'complete', '2026-11-27 09:00:11.25+00', '2026-11-27 09:01:11.25+00', '\xf0050c86f185916d8f723027386c8c871771924972d587f80a8c387a7901b2fb85441437d11091ed56d10655b06773a110f7c92ef5d35c821be506d5', '3e7be373c9b4ba84', '[{"offset_ms": 10, "duration_ms": 20, "reason": "paused"}]');
INSERT INTO public.recordings VALUES ('b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2', '00000000000000000000000000000009', 'recording', '2026-11-27 13:00:11.25+00', NULL, '\xeabe8c5a772665169cdc50e80dbc11377b4b1eb88b8e6488aa5988cecd0dcc66a3d66dee2721f6ae8972e23bff6b56d3224b681714d93f8bccbba640', '3e7be373c9b4ba84', NULL);
INSERT INTO public.telemedicine_sessions VALUES ('00000000000000000000000000000005', '00000000000000000000000000000002', '00000000000000000000000000000001', 'talk', '2026-11-27 09:00:00.25+00', '2026-11-27 09:00:45.25+00', '2026-11-27 09:00:10.25+00', '2026-11-27 09:02:15.25+00', 2, 'ended', 'hung_up', false, true, true, 'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', 'good', 123456789, 125, '2026-11-27 09:01:00.25+00', 'patient', '["administrators"]', '2026-11-27 09:01:10.25+00', 'Root', '{"provider": {"typical": "good", "worst": "good"}, "patient": {"typical": "excellent", "worst": "good"}}');
INSERT INTO public.telemedicine_sessions VALUES ('00000000000000000000000000000006', 'platform|noor', '00000000000000000000000000000001', 'no', '2026-11-27 10:00:00.25+00', '2026-11-27 10:00:45.25+00', NULL, '2026-11-27 10:00:00.25+00', 0, 'declined', 'declined', false, true, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.telemedicine_sessions VALUES ('00000000000000000000000000000007', 'platform|noor', '00000000000000000000000000000001', 'silent', '2026-11-27 11:00:00.25+00', '2026-11-27 11:00:45.25+00', NULL, '2026-11-27 11:00:00.25+00', 0, 'missed', 'missed', true, false, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.telemedicine_sessions VALUES ('00000000000000000000000000000008', 'platform|noor', '00000000000000000000000000000001', 'refused', '2026-11-27 12:00:00.25+00', '2026-11-27 12:00:45.25+00', '2026-11-27 12:00:10.25+00', '2026-11-27 12:01:09.25+00', 0, 'ended', 'hung_up', false, true, false, NULL, NULL, 0, 59, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.telemedicine_sessions VALUES ('00000000000000000000000000000009', '00000000000000000000000000000002', '00000000000000000000000000000001', 'running', '2026-11-27 13:00:00.25+00', '2026-11-27 13:00:45.25+00', '2026-11-27 13:00:10.25+00', NULL, NULL, 'active', NULL, false, true, true, 'b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2', NULL, 0, NULL, '2026-11-27 13:00:30.25+00', 'provider', '[]', NULL, NULL, NULL);
INSERT INTO public.telemedicine_sessions VALUES ('0000000000000000000000000000000a', 'platform|noor', '00000000000000000000000000000001', 'ringing', '2026-11-27 13:00:20.25+00', '2026-11-27 13:01:05.25+00', NULL, NULL, NULL, 'initiated', NULL, false, false, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.users VALUES ('00000000000000000000000000000001', 'elena', 'Dr. Elena Rivera', 'provider', 'x', 'local', false, false, '2026-11-27 09:00:00.25+00', NULL);
INSERT INTO public.users VALUES ('00000000000000000000000000000002', 'sam', 'Sam Lee', 'patient', 'x', 'local', false, false, '2026-11-27 09:00:00.25+00', NULL);
INSERT INTO public.users VALUES ('00000000000000000000000000000003', 'root', 'Root', 'admin', 'x', 'local', false, false, '2026-11-27 09:00:00.25+00', NULL);
INSERT INTO public.users VALUES ('00000000000000000000000000000004', 'cora', 'Cora', 'compliance', 'x', 'local', false, false, '2026-11-27 09:00:00.25+00', NULL);
INSERT INTO public.users VALUES ('platform|noor', NULL, 'Noor «Ö»', 'patient', NULL, 'token', false, false, '2026-11-27 09:00:00.25+00', '2026-11-27 09:00:00.25+00');
SELECT pg_catalog.setval('public.audit_id_seq', 18, true);
SELECT pg_catalog.setval('public.consents_id_seq', 7, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT pk_audit PRIMARY KEY (id);
ALTER TABLE ONLY public.consents
    ADD CONSTRAINT pk_consents PRIMARY KEY (id);
ALTER TABLE ONLY public.login_devices
    ADD CONSTRAINT pk_login_devices PRIMARY KEY (token_sha256, user_id);
ALTER TABLE ONLY public.login_sessions
    ADD CONSTRAINT pk_login_sessions PRIMARY KEY (token_sha256);
ALTER TABLE ONLY public.properties
    ADD CONSTRAINT pk_properties PRIMARY KEY (name);
ALTER TABLE ONLY public.recording_parts
    ADD CONSTRAINT pk_recording_parts PRIMARY KEY (id);
ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT pk_recordings PRIMARY KEY (id);
ALTER TABLE ONLY public.telemedicine_sessions
    ADD CONSTRAINT pk_telemedicine_sessions PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT pk_users PRIMARY KEY (id);
ALTER TABLE ONLY public.recording_parts
    ADD CONSTRAINT uq_recording_parts_path UNIQUE (path);
ALTER TABLE ONLY public.telemedicine_sessions
    ADD CONSTRAINT uq_telemedicine_sessions_room_id UNIQUE (room_id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT uq_users_username UNIQUE (username);
CREATE INDEX ix_audit_recording_id ON public.audit USING btree (recording_id);
CREATE INDEX ix_audit_session_id ON public.audit USING btree (session_id);
CREATE INDEX ix_consents_session_id ON public.consents USING btree (session_id);
CREATE INDEX ix_login_devices_user_id ON public.login_devices USING btree (user_id);
CREATE INDEX ix_login_sessions_user_id ON public.login_sessions USING btree (user_id);
CREATE INDEX ix_recording_parts_recording_id ON public.recording_parts USING btree (recording_id);
CREATE INDEX ix_recordings_newest ON public.recordings USING btree (started_at, id);
CREATE INDEX ix_recordings_open ON public.recordings USING btree (started_at) WHERE ((state)::text = 'recording'::text);
CREATE INDEX ix_recordings_session_id ON public.recordings USING btree (session_id);
CREATE INDEX ix_telemedicine_sessions_newest ON public.telemedicine_sessions USING btree (created_at, id);
CREATE INDEX ix_telemedicine_sessions_patient ON public.telemedicine_sessions USING btree (patient_id, created_at);
CREATE INDEX ix_telemedicine_sessions_provider ON public.telemedicine_sessions USING btree (provider_id, created_at);
CREATE INDEX ix_users_role ON public.users USING btree (role);
CREATE UNIQUE INDEX uq_telemedicine_sessions_unfinished_patient ON public.telemedicine_sessions USING btree (patient_id) WHERE ((call_status)::text = ANY ((ARRAY['initiated'::character varying, 'active'::character varying])::text[]));
CREATE TRIGGER audit_refuses_truncate BEFORE TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER audit_refuses_update BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION public.audit_is_append_only();
CREATE TRIGGER consents_refuses_truncate BEFORE TRUNCATE ON public.consents FOR EACH STATEMENT EXECUTE FUNCTION public.consents_is_append_only();
CREATE TRIGGER consents_refuses_update BEFORE DELETE OR UPDATE ON public.consents FOR EACH ROW EXECUTE FUNCTION public.consents_is_append_only();
ALTER TABLE ONLY public.consents
    ADD CONSTRAINT fk_consents_session_id FOREIGN KEY (session_id) REFERENCES public.telemedicine_sessions(id);
ALTER TABLE ONLY public.consents
    ADD CONSTRAINT fk_consents_user_id FOREIGN KEY (user_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.login_devices
    ADD CONSTRAINT fk_login_devices_user_id FOREIGN KEY (user_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.login_sessions
    ADD CONSTRAINT fk_login_sessions_user_id FOREIGN KEY (user_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.recording_parts
    ADD CONSTRAINT fk_recording_parts_participant_id FOREIGN KEY (participant_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.recording_parts
    ADD CONSTRAINT fk_recording_parts_recording_id FOREIGN KEY (recording_id) REFERENCES public.recordings(id);
ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT fk_recordings_session_id FOREIGN KEY (session_id) REFERENCES public.telemedicine_sessions(id);
ALTER TABLE ONLY public.telemedicine_sessions
    ADD CONSTRAINT fk_telemedicine_sessions_patient_id FOREIGN KEY (patient_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.telemedicine_sessions
    ADD CONSTRAINT fk_telemedicine_sessions_provider_id FOREIGN KEY (provider_id) REFERENCES public.users(id);
