BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0010');
CREATE TABLE audit (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	action VARCHAR(64) NOT NULL, 
	actor_id VARCHAR(128), 
	actor_name VARCHAR(200), 
	actor_role VARCHAR(16), 
	session_id VARCHAR(128), 
	recording_id VARCHAR(128), 
	address VARCHAR(64), 
	user_agent TEXT, 
	detail TEXT NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
INSERT INTO "audit" VALUES(1,'2026-11-27 09:00:00.250000','user.created',NULL,'command line',NULL,NULL,NULL,NULL,NULL,'{"username":"sam"}');
INSERT INTO "audit" VALUES(2,'2026-11-27 09:00:00.250000','call.initiated','00000000000000000000000000000001','Dr. Elena Rivera','provider','00000000000000000000000000000005',NULL,'192.0.2.7','Firefox','{"audio_only":false,"recording_enabled":true}');
INSERT INTO "audit" VALUES(3,'2026-11-27 09:00:00.250000','consent.given','00000000000000000000000000000001','Dr. Elena Rivera','provider','00000000000000000000000000000005',NULL,NULL,NULL,'{}');
INSERT INTO "audit" VALUES(4,'2026-11-27 09:00:10.250000','consent.given','00000000000000000000000000000002','Sam Lee','patient','00000000000000000000000000000005',NULL,NULL,NULL,'{}');
INSERT INTO "audit" VALUES(5,'2026-11-27 09:00:11.250000','recording.started',NULL,NULL,NULL,'00000000000000000000000000000005','a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',NULL,NULL,'{}');
INSERT INTO "audit" VALUES(6,'2026-11-27 09:01:11.250000','recording.completed',NULL,NULL,NULL,'00000000000000000000000000000005','a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',NULL,NULL,'{}');
INSERT INTO "audit" VALUES(7,'2026-11-27 09:02:15.250000','call.ended',NULL,NULL,NULL,'00000000000000000000000000000005',NULL,NULL,NULL,'{"duration_seconds":125,"reason":"hung_up"}');
INSERT INTO "audit" VALUES(8,'2026-11-27 10:00:00.250000','call.initiated','00000000000000000000000000000001','Dr. Elena Rivera','provider','00000000000000000000000000000006',NULL,'192.0.2.7','Firefox','{"audio_only":false,"recording_enabled":true}');
INSERT INTO "audit" VALUES(9,'2026-11-27 10:00:00.250000','consent.given','00000000000000000000000000000001','Dr. Elena Rivera','provider','00000000000000000000000000000006',NULL,NULL,NULL,'{}');
INSERT INTO "audit" VALUES(10,'2026-11-27 11:00:00.250000','call.initiated','00000000000000000000000000000001','Dr. Elena Rivera','provider','00000000000000000000000000000007',NULL,'192.0.2.7','Firefox','{"audio_only":true,"recording_enabled":false}');
INSERT INTO "audit" VALUES(11,'2026-11-27 12:00:00.250000','call.initiated','00000000000000000000000000000001','Dr. Elena Rivera','provider','00000000000000000000000000000008',NULL,'192.0.2.7','Firefox','{"audio_only":false,"recording_enabled":true}');
INSERT INTO "audit" VALUES(12,'2026-11-27 12:00:00.250000','consent.given','00000000000000000000000000000001','Dr. Elena Rivera','provider','00000000000000000000000000000008',NULL,NULL,NULL,'{}');
INSERT INTO "audit" VALUES(13,'2026-11-27 12:00:09.250000','consent.declined','platform|noor','Noor «Ö»','patient','00000000000000000000000000000008',NULL,NULL,NULL,'{}');
INSERT INTO "audit" VALUES(14,'2026-11-27 13:00:00.250000','call.initiated','00000000000000000000000000000001','Dr. Elena Rivera','provider','00000000000000000000000000000009',NULL,'192.0.2.7','Firefox','{"audio_only":false,"recording_enabled":true}');
INSERT INTO "audit" VALUES(15,'2026-11-27 13:00:00.250000','consent.given','00000000000000000000000000000001','Dr. Elena Rivera','provider','00000000000000000000000000000009',NULL,NULL,NULL,'{}');
INSERT INTO "audit" VALUES(16,'2026-11-27 13:00:10.250000','consent.given','00000000000000000000000000000002','Sam Lee','patient','00000000000000000000000000000009',NULL,NULL,NULL,'{}');
INSERT INTO "audit" VALUES(17,'2026-11-27 13:00:11.250000','recording.started',NULL,NULL,NULL,'00000000000000000000000000000009','b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2',NULL,NULL,'{}');
INSERT INTO "audit" VALUES(18,'2026-11-27 13:00:20.250000','call.initiated','00000000000000000000000000000001','Dr. Elena Rivera','provider','0000000000000000000000000000000a',NULL,'192.0.2.7','Firefox','{"audio_only":false,"recording_enabled":false}');
CREATE TABLE consents (
	id INTEGER NOT NULL, 
	session_id VARCHAR(128) NOT NULL, 
	user_id VARCHAR(128) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	decision VARCHAR(16) NOT NULL, 
	text_id VARCHAR(64) NOT NULL, 
	text_version VARCHAR(32) NOT NULL, 
	text_sha256 VARCHAR(64) NOT NULL, 
	language VARCHAR(35) NOT NULL, 
	at DATETIME NOT NULL, 
	address VARCHAR(64), 
	user_agent TEXT, 
	CONSTRAINT pk_consents PRIMARY KEY (id), 
	CONSTRAINT ck_consents_decision CHECK (decision IN ('given', 'declined', 'withdrawn')), 
	CONSTRAINT ck_consents_role CHECK (role IN ('patient', 'provider', 'compliance', 'ops', 'admin')), 
	CONSTRAINT fk_consents_session_id FOREIGN KEY(session_id) REFERENCES telemedicine_sessions (id), 
	CONSTRAINT fk_consents_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "consents" VALUES(1,'00000000000000000000000000000005','00000000000000000000000000000001','provider','given','recording','1','abababababababababababababababababababababababababababababababab','en','2026-11-27 09:00:00.250000','192.0.2.8','Chromium');
INSERT INTO "consents" VALUES(2,'00000000000000000000000000000005','00000000000000000000000000000002','patient','given','recording','1','abababababababababababababababababababababababababababababababab','en','2026-11-27 09:00:10.250000','192.0.2.8','Chromium');
INSERT INTO "consents" VALUES(3,'00000000000000000000000000000006','00000000000000000000000000000001','provider','given','recording','1','abababababababababababababababababababababababababababababababab','en','2026-11-27 10:00:00.250000','192.0.2.8','Chromium');
INSERT INTO "consents" VALUES(4,'00000000000000000000000000000008','00000000000000000000000000000001','provider','given','recording','1','abababababababababababababababababababababababababababababababab','en','2026-11-27 12:00:00.250000','192.0.2.8','Chromium');
INSERT INTO "consents" VALUES(5,'00000000000000000000000000000008','platform|noor','patient','declined','recording','1','abababababababababababababababababababababababababababababababab','en','2026-11-27 12:00:09.250000','192.0.2.8','Chromium');
INSERT INTO "consents" VALUES(6,'00000000000000000000000000000009','00000000000000000000000000000001','provider','given','recording','1','abababababababababababababababababababababababababababababababab','en','2026-11-27 13:00:00.250000','192.0.2.8','Chromium');
INSERT INTO "consents" VALUES(7,'00000000000000000000000000000009','00000000000000000000000000000002','patient','given','recording','1','abababababababababababababababababababababababababababababababab','en','2026-11-27 13:00:10.250000','192.0.2.8','Chromium');
CREATE TABLE login_devices (
	token_sha256 VARCHAR(64) NOT NULL, 
	user_id VARCHAR(128) NOT NULL, 
	used_at DATETIME NOT NULL, 
	CONSTRAINT pk_login_devices PRIMARY KEY (token_sha256, user_id), 
	CONSTRAINT fk_login_devices_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "login_devices" VALUES('e3316e2bafebb6103a3418e8778c0adc960d40213a03a7e7f4fcd3426ed807bf','00000000000000000000000000000001','2026-11-27 09:00:00.250000');
CREATE TABLE login_sessions (
	token_sha256 VARCHAR(64) NOT NULL, 
	user_id VARCHAR(128) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	CONSTRAINT pk_login_sessions PRIMARY KEY (token_sha256), 
	CONSTRAINT fk_login_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "login_sessions" VALUES('e3316e2bafebb6103a3418e8778c0adc960d40213a03a7e7f4fcd3426ed807bf','00000000000000000000000000000001','2026-11-27 09:00:00.250000','2026-11-27 21:00:00.250000',NULL);
CREATE TABLE properties (
	name VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_properties PRIMARY KEY (name)
);
INSERT INTO "properties" VALUES('recordings_place','the place');
CREATE TABLE recording_parts (
	id VARCHAR(128) NOT NULL, 
	recording_id VARCHAR(128) NOT NULL, 
	participant_id VARCHAR(128) NOT NULL, 
	source VARCHAR(16) NOT NULL, 
	media_type VARCHAR(128) NOT NULL, 
	path VARCHAR(255) NOT NULL, 
	offset_ms BIGINT NOT NULL, 
	duration_ms BIGINT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	seek_header BLOB NOT NULL, 
	body_offset INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, losses JSON, mac BLOB, 
	CONSTRAINT pk_recording_parts PRIMARY KEY (id), 
	CONSTRAINT ck_recording_parts_source CHECK (source IN ('camera', 'screen')), 
	CONSTRAINT ck_recording_parts_state CHECK (state IN ('recording', 'sealed', 'recovered', 'lost')), 
	CONSTRAINT fk_recording_parts_participant_id FOREIGN KEY(participant_id) REFERENCES users (id), 
	CONSTRAINT fk_recording_parts_recording_id FOREIGN KEY(recording_id) REFERENCES recordings (id), 
	CONSTRAINT uq_recording_parts_path UNIQUE (path)
);
INSERT INTO "recording_parts" VALUES('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a100','a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1','00000000000000000000000000000001','camera','video/webm; codecs="vp8, opus"','a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a100.part',0,60000,1000000,X'1A45DFA3',4,'sealed','{"lost_packets": 0}',X'79BC5E98569E0B893E97C799E404C71ECB2C05CCB1FFAEA481C69B322CCDF387');
INSERT INTO "recording_parts" VALUES('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a101','a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1','00000000000000000000000000000002','camera','video/webm; codecs="vp8, opus"','a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a101.part',40,60000,1000000,X'1A45DFA3',4,'sealed','{"lost_packets": 0}',X'1C99D4FD191C8201792070C47D8C932783766D5169D7AD4CFA492A8D8E8382E6');
INSERT INTO "recording_parts" VALUES('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a102','a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1','00000000000000000000000000000001','screen','video/webm; codecs="vp8, opus"','a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1/a1a1a1a1a1a1a1a1a1a1a1a1a1a1a102.part',80,60000,1000000,X'1A45DFA3',4,'sealed','{"lost_packets": 0}',X'C2A3CAB8463783C8D7618F9AF13C397ED68F9C14ED1B699FB7F17C0A3273D8EB');
INSERT INTO "recording_parts" VALUES('b2b2b2b2b2b2b2b2b2b2b2b2b2b2b200','b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2','00000000000000000000000000000001','camera','video/webm; codecs="vp8, opus"','b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2/b2b2b2b2b2b2b2b2b2b2b2b2b2b2b200.part',0,0,0,X'',0,'recording',NULL,X'0CF966118DA8B96D639C7EC1DBB9BA03951DB2F5F4836A19475134431B4BEAEA');
INSERT INTO "recording_parts" VALUES('b2b2b2b2b2b2b2b2b2b2b2b2b2b2b201','b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2','00000000000000000000000000000002','camera','video/webm; codecs="vp8, opus"','b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2/b2b2b2b2b2b2b2b2b2b2b2b2b2b2b201.part',40,0,0,X'',0,'recording',NULL,X'F7F4A93F241A6D6E843DC99E179BD3668937C24DDCC79F63A991A5F24D208E98');
CREATE TABLE recordings (
	id VARCHAR(128) NOT NULL, 
	session_id VARCHAR(128) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	started_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	wrapped_key BLOB NOT NULL, 
	key_id VARCHAR(16) NOT NULL, gaps JSON, 
	CONSTRAINT pk_recordings PRIMARY KEY (id), 
	CONSTRAINT ck_recordings_state CHECK (state IN ('recording', 'complete', 'recovered', 'failed')), 
	CONSTRAINT fk_recordings_session_id FOREIGN KEY(session_id) REFERENCES telemedicine_sessions (id)
);
INSERT INTO "recordings" VALUES('a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1','00000000000000000000000000000005','complete','2026-11-27 09:00:11.250000','2026-11-27 09:01:11.250000',X'F0050C86F185916D8F723027386C8C871771924972D587F80A8C387A7901B2FB85441437D11091ED56D10655B06773A110F7C92EF5D35C821BE506D5','3e7be373c9b4ba84','[{"offset_ms": 10, "duration_ms": 20, "reason": "paused"}]');
INSERT INTO "recordings" VALUES('b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2','00000000000000000000000000000009','recording','2026-11-27 13:00:11.250000',NULL,X'EABE8C5A772665169CDC50E80DBC11377B4B1EB88B8E6488AA5988CECD0DCC66A3D66DEE2721F6AE8972E23BFF6B56D3224B681714D93F8BCCBBA640','3e7be373c9b4ba84',NULL);
CREATE TABLE telemedicine_sessions (
	id VARCHAR(128) NOT NULL, 
	patient_id VARCHAR(128) NOT NULL, 
	provider_id VARCHAR(128) NOT NULL, 
	room_id VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	invitation_expires_at DATETIME NOT NULL, 
	started_at DATETIME, 
	ended_at DATETIME, 
	duration_minutes INTEGER, 
	call_status VARCHAR(16) NOT NULL, 
	end_reason VARCHAR(32), 
	audio_only BOOLEAN NOT NULL, 
	recording_enabled BOOLEAN NOT NULL, 
	recording_consent_given BOOLEAN, 
	recording_file_path VARCHAR(255), 
	connection_quality VARCHAR(16), 
	bandwidth_used BIGINT NOT NULL, duration_seconds INTEGER, emergency_raised_at DATETIME, emergency_raised_by VARCHAR(16), emergency_reached JSON, emergency_acknowledged_at DATETIME, emergency_acknowledged_by VARCHAR(200), connection_by_side JSON, 
	CONSTRAINT pk_telemedicine_sessions PRIMARY KEY (id), 
	CONSTRAINT ck_telemedicine_sessions_call_status CHECK (call_status IN ('initiated', 'active', 'ended', 'failed', 'declined', 'missed')), 
	CONSTRAINT ck_telemedicine_sessions_connection_quality CHECK (connection_quality IN ('poor', 'fair', 'good', 'excellent')), 
	CONSTRAINT fk_telemedicine_sessions_patient_id FOREIGN KEY(patient_id) REFERENCES users (id), 
	CONSTRAINT fk_telemedicine_sessions_provider_id FOREIGN KEY(provider_id) REFERENCES users (id), 
	CONSTRAINT uq_telemedicine_sessions_room_id UNIQUE (room_id)
);
INSERT INTO "telemedicine_sessions" VALUES('00000000000000000000000000000005','00000000000000000000000000000002','00000000000000000000000000000001','talk','2026-11-27 09:00:00.250000','2026-11-27 09:00:45.250000','2026-11-27 09:00:10.250000','2026-11-27 09:02:15.250000',2,'ended','hung_up',0,1,1,'a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1','good',123456789,125,'2026-11-27 09:01:00.250000','patient','["administrators"]','2026-11-27 09:01:10.250000','Root','{"provider": {"typical": "good", "worst": "good"}, "patient": {"typical": "excellent", "worst": "good"}}');
INSERT INTO "telemedicine_sessions" VALUES('00000000000000000000000000000006','platform|noor','00000000000000000000000000000001','no','2026-11-27 10:00:00.250000','2026-11-27 10:00:45.250000',NULL,'2026-11-27 10:00:00.250000',0,'declined','declined',0,1,NULL,NULL,NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "telemedicine_sessions" VALUES('00000000000000000000000000000007','platform|noor','00000000000000000000000000000001','silent','2026-11-27 11:00:00.250000','2026-11-27 11:00:45.250000',NULL,'2026-11-27 11:00:00.250000',0,'missed','missed',1,0,NULL,NULL,NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "telemedicine_sessions" VALUES('00000000000000000000000000000008','platform|noor','00000000000000000000000000000001','refused','2026-11-27 12:00:00.250000','2026-11-27 12:00:45.250000','2026-11-27 12:00:10.250000','2026-11-27 12:01:09.250000',0,'ended','hung_up',0,1,0,NULL,NULL,0,59,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "telemedicine_sessions" VALUES('00000000000000000000000000000009','00000000000000000000000000000002','00000000000000000000000000000001','running','2026-11-27 13:00:00.250000','2026-11-27 13:00:45.250000','2026-11-27 13:00:10.250000',NULL,NULL,'active',NULL,0,1,1,'b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2',NULL,0,NULL,'2026-11-27 13:00:30.250000','provider','[]',NULL,NULL,NULL);
INSERT INTO "telemedicine_sessions" VALUES('0000000000000000000000000000000a','platform|noor','00000000000000000000000000000001','ringing','2026-11-27 13:00:20.250000','2026-11-27 13:01:05.250000',NULL,NULL,NULL,'initiated',NULL,0,0,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE users (
	id VARCHAR(128) NOT NULL, 
	username VARCHAR(128), 
	name VARCHAR(200) NOT NULL, 
	role VARCHAR(16) NOT NULL, 
	password_hash VARCHAR(255), 
	source VARCHAR(16) NOT NULL, 
	demo BOOLEAN NOT NULL, 
	disabled BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, token_issued_at DATETIME, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT ck_users_role CHECK (role IN ('patient', 'provider', 'compliance', 'ops', 'admin')), 
	CONSTRAINT ck_users_source CHECK (source IN ('local', 'token')), 
	CONSTRAINT uq_users_username UNIQUE (username)
);
INSERT INTO "users" VALUES('00000000000000000000000000000001','elena','Dr. Elena Rivera','provider','x','local',0,0,'2026-11-27 09:00:00.250000',NULL);
INSERT INTO "users" VALUES('00000000000000000000000000000002','sam','Sam Lee','patient','x','local',0,0,'2026-11-27 09:00:00.250000',NULL);
INSERT INTO "users" VALUES('00000000000000000000000000000003','root','Root','admin','x','local',0,0,'2026-11-27 09:00:00.250000',NULL);
INSERT INTO "users" VALUES('00000000000000000000000000000004','cora','Cora','compliance','x','local',0,0,'2026-11-27 09:00:00.250000',NULL);
INSERT INTO "users" VALUES('platform|noor',NULL,'Noor «Ö»','patient',NULL,'token',0,0,'2026-11-27 09:00:00.250000','2026-11-27 09:00:00.250000');
CREATE INDEX ix_audit_recording_id ON audit (recording_id);
CREATE INDEX ix_audit_session_id ON audit (session_id);
CREATE INDEX ix_users_role ON users (role);
CREATE INDEX ix_login_sessions_user_id ON login_sessions (user_id);
CREATE INDEX ix_telemedicine_sessions_patient ON telemedicine_sessions (patient_id, created_at);
CREATE INDEX ix_telemedicine_sessions_provider ON telemedicine_sessions (provider_id, created_at);
CREATE UNIQUE INDEX uq_telemedicine_sessions_unfinished_patient ON telemedicine_sessions (patient_id) WHERE call_status IN ('initiated', 'active');
CREATE INDEX ix_consents_session_id ON consents (session_id);
CREATE INDEX ix_recordings_newest ON recordings (started_at, id);
CREATE INDEX ix_recordings_session_id ON recordings (session_id);
CREATE INDEX ix_recording_parts_recording_id ON recording_parts (recording_id);
CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_refuses_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER consents_refuses_update BEFORE UPDATE ON consents BEGIN SELECT RAISE(ABORT, 'consents is append-only'); END;
CREATE TRIGGER consents_refuses_delete BEFORE DELETE ON consents BEGIN SELECT RAISE(ABORT, 'consents is append-only'); END;
CREATE TRIGGER consents_refuses_replace BEFORE INSERT ON consents WHEN EXISTS (SELECT 1 FROM consents WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'consents is append-only'); END;
CREATE INDEX ix_telemedicine_sessions_newest ON telemedicine_sessions (created_at, id);
CREATE INDEX ix_recordings_open ON recordings (started_at) WHERE state = 'recording';
CREATE INDEX ix_login_devices_user_id ON login_devices (user_id);
COMMIT;
