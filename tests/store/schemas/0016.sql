BEGIN TRANSACTION;
CREATE TABLE advisories (
	project TEXT NOT NULL, 
	id TEXT NOT NULL, 
	fact TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	first_read_at BIGINT NOT NULL, 
	read_at BIGINT NOT NULL, 
	changed_at BIGINT NOT NULL, 
	known_before BOOLEAN NOT NULL, 
	missing_since BIGINT, 
	gone BOOLEAN DEFAULT 0 NOT NULL, 
	origins TEXT NOT NULL, 
	PRIMARY KEY (project, id)
);
INSERT INTO "advisories" VALUES('p','GHSA-1','{"v":1,"kind":"advisory","project":"p","id":"GHSA-1","aliases":["CVE-1"],"summary":"s","description":[],"severity":"unknown","scores":[],"affected":[],"cwes":[],"credits":[],"url":"","published_at":"2026-03-01T12:00:00+00:00","updated_at":"2026-03-01T12:00:00+00:00","withdrawn_at":null,"known_exploited":false}','ccf03bcefd8cb6982d9d153823aad8a4',1772366400000000,1772366400000000,1772366400000000,1,NULL,0,'GitHub');
CREATE TABLE advisory_ids (
	project TEXT NOT NULL, 
	alias TEXT NOT NULL, 
	id TEXT NOT NULL, 
	PRIMARY KEY (project, alias)
);
INSERT INTO "advisory_ids" VALUES('p','CVE-1','GHSA-1');
INSERT INTO "advisory_ids" VALUES('p','GHSA-1','GHSA-1');
CREATE TABLE advisory_reports (
	project TEXT NOT NULL, 
	source TEXT NOT NULL, 
	own_id TEXT NOT NULL, 
	advisory TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	fact TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	read_at BIGINT NOT NULL, 
	missing_since BIGINT, 
	PRIMARY KEY (project, source, own_id)
);
INSERT INTO "advisory_reports" VALUES('p','github-advisories:p','GHSA-1','GHSA-1','GitHub','{"v":1,"kind":"advisory","project":"p","id":"GHSA-1","aliases":["CVE-1"],"summary":"s","description":[],"severity":"unknown","scores":[],"affected":[],"cwes":[],"credits":[],"url":"","published_at":"2026-03-01T12:00:00+00:00","updated_at":"2026-03-01T12:00:00+00:00","withdrawn_at":null,"known_exploited":false}','ccf03bcefd8cb6982d9d153823aad8a4',1772366400000000,NULL);
CREATE TABLE advisory_revisions (
	id INTEGER NOT NULL, 
	project TEXT NOT NULL, 
	advisory TEXT NOT NULL, 
	fact TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "advisory_revisions" VALUES(1,'p','GHSA-1','{"v":1,"kind":"advisory","project":"p","id":"GHSA-1","aliases":["CVE-1"],"summary":"s","description":[],"severity":"unknown","scores":[],"affected":[],"cwes":[],"credits":[],"url":"","published_at":"2026-03-01T12:00:00+00:00","updated_at":"2026-03-01T12:00:00+00:00","withdrawn_at":null,"known_exploited":false}',1772366400000000);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0016');
CREATE TABLE announcements (
	id TEXT NOT NULL, 
	project TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	room TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	notified_for TEXT NOT NULL, 
	reference TEXT DEFAULT '' NOT NULL, 
	removed BOOLEAN DEFAULT 0 NOT NULL, 
	first_posted_at BIGINT NOT NULL, template INTEGER DEFAULT '0' NOT NULL, parent TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT uq_announcements_subject_room UNIQUE (subject, room)
);
INSERT INTO "announcements" VALUES('6douyboe3mfn4ytcujwr7e65','p','release/p/v1','discord:1',2,'wtvvpalb5mg474bu4to4yw2q','[]','ref-1',0,1772366400000000,0,'');
INSERT INTO "announcements" VALUES('liqnezujjkwahjrpe4yq7tmq','p','release/p/v2','discord:1',1,'ki2ef54xixbbf6bkhzeu4lrs','[]','',0,1772366400000000,0,'');
CREATE TABLE decisions (
	id INTEGER NOT NULL, 
	project TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	room TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	latest BOOLEAN NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "decisions" VALUES(1,'p','release/p/v1','discord:1','announce','a new release',1772366400000000,1);
CREATE TABLE deliveries (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" TEXT NOT NULL, 
	project TEXT DEFAULT '' NOT NULL, 
	announcement TEXT, 
	chat TEXT NOT NULL, 
	room TEXT NOT NULL, 
	lane SMALLINT NOT NULL, 
	kind TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	message TEXT NOT NULL, 
	state TEXT NOT NULL, 
	due BIGINT NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	enqueued_at BIGINT NOT NULL, 
	first_attempt_at BIGINT, 
	doubtful BOOLEAN DEFAULT 0 NOT NULL, 
	settled_at BIGINT, 
	reference TEXT DEFAULT '' NOT NULL, 
	reply_to TEXT DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, not_before BIGINT, forgiven INTEGER DEFAULT '0' NOT NULL, 
	UNIQUE ("key")
);
INSERT INTO "deliveries" VALUES(1,'wekdbcm3jib67jxv4yftz26x','p','6douyboe3mfn4ytcujwr7e65','discord','discord:1',3,'new',1,'cc33e0deece972212f24607c8cd41709','sent',1772366400000000,1,1772366400000000,1772366400000000,0,1772366400000000,'ref-1','','',NULL,0);
INSERT INTO "deliveries" VALUES(2,'5umo3sryxcthivna634hwcw2','p','liqnezujjkwahjrpe4yq7tmq','discord','discord:1',3,'new',1,'6a0f859230241e40becf35fc1c8ce2ea','pending',1772366400000000,0,1772366400000000,NULL,0,NULL,'','','',NULL,0);
INSERT INTO "deliveries" VALUES(3,'k1','',NULL,'discord','discord:1',2,'new',1,'5faf2bca0ebfdc443d41745236e4c0b2','sent',1772366400000000,1,1772366400000000,1772366400000000,0,1772366400000000,'ref-1','','',NULL,0);
INSERT INTO "deliveries" VALUES(4,'rbh4mcir62jnsbgv7oduqopu','p','6douyboe3mfn4ytcujwr7e65','discord','discord:1',3,'edit',2,'650718e87cbffedb91339110892d8856','pending',1772366400000000,0,1772366400000000,NULL,0,NULL,'','','',NULL,0);
CREATE TABLE digest_items (
	announcement TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	project TEXT NOT NULL, 
	announced BOOLEAN NOT NULL, 
	digest TEXT NOT NULL, 
	policy TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (announcement, subject)
);
CREATE TABLE digests (
	announcement TEXT NOT NULL, 
	room TEXT NOT NULL, 
	due BIGINT NOT NULL, 
	label TEXT NOT NULL, 
	PRIMARY KEY (announcement)
);
CREATE TABLE fan_out_facts (
	project TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	lane SMALLINT NOT NULL, 
	advised TEXT DEFAULT '[]' NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (project, kind, name)
);
CREATE TABLE fan_outs (
	project TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	lane SMALLINT NOT NULL, 
	"after" TEXT DEFAULT '' NOT NULL, 
	requested_at BIGINT NOT NULL, 
	PRIMARY KEY (project, kind, name, person)
);
CREATE TABLE findings (
	project TEXT NOT NULL, 
	room TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	problem TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (project, room, "key")
);
CREATE TABLE forgotten (
	hash TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (hash)
);
CREATE TABLE holds (
	room TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	until BIGINT NOT NULL, 
	refusals INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (room)
);
CREATE TABLE images (
	project TEXT NOT NULL, 
	tag TEXT NOT NULL, 
	image TEXT NOT NULL, 
	place INTEGER NOT NULL, 
	must_have TEXT NOT NULL, 
	presence TEXT NOT NULL, 
	platforms TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	"before" TEXT NOT NULL, 
	trouble TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	first_seen_at BIGINT, 
	asked_at BIGINT, 
	PRIMARY KEY (project, tag, image)
);
CREATE TABLE inbox (
	id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	event TEXT NOT NULL, 
	question TEXT NOT NULL, 
	came_at BIGINT NOT NULL, 
	done_at BIGINT, 
	PRIMARY KEY (id), 
	CONSTRAINT uq_inbox_account_event UNIQUE (account, event)
);
INSERT INTO "inbox" VALUES(1,'@bot:example.org','$1','{"place": "!r:b", "thread": "", "ask": "{\"v\":1,\"kind\":\"ask\",\"command\":\"supported\",\"arguments\":{\"version\":\"0.11\"},\"asker\":\"matrix:@a:b\",\"also\":[],\"room\":\"\",\"rights\":[\"everyone\"],\"asked_at\":\"2026-03-01T12:00:00+00:00\",\"key\":\"\"}"}',1772366400000000,NULL);
CREATE TABLE leases (
	name TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE line_roles (
	server TEXT NOT NULL, 
	project TEXT NOT NULL, 
	line TEXT NOT NULL, 
	role TEXT DEFAULT '' NOT NULL, 
	adopted BOOLEAN DEFAULT 0 NOT NULL, 
	retired_at BIGINT, 
	PRIMARY KEY (server, project, line)
);
CREATE TABLE maintainer_words (
	id INTEGER NOT NULL, 
	project TEXT NOT NULL, 
	action TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	person TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	details TEXT DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE messages (
	digest TEXT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "messages" VALUES('cc33e0deece972212f24607c8cd41709','{"v":1,"kind":"message","title":"v1 r1 new","tone":"routine","url":"","facts":[],"body":[],"links":[],"actions":[],"footer":"","mentions":[],"at":null,"struck":false,"private":false}');
INSERT INTO "messages" VALUES('6a0f859230241e40becf35fc1c8ce2ea','{"v":1,"kind":"message","title":"v2 r1 new","tone":"routine","url":"","facts":[],"body":[],"links":[],"actions":[],"footer":"","mentions":[],"at":null,"struck":false,"private":false}');
INSERT INTO "messages" VALUES('5faf2bca0ebfdc443d41745236e4c0b2','{"v":1,"kind":"message","title":"old answer","tone":"routine","url":"","facts":[],"body":[],"links":[],"actions":[],"footer":"","mentions":[],"at":null,"struck":false,"private":false}');
INSERT INTO "messages" VALUES('650718e87cbffedb91339110892d8856','{"v":1,"kind":"message","title":"v1 r2 edit","tone":"routine","url":"","facts":[],"body":[],"links":[],"actions":[],"footer":"","mentions":[],"at":null,"struck":false,"private":false}');
CREATE TABLE mutes (
	person TEXT NOT NULL, 
	project TEXT NOT NULL, 
	advisory TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (person, project, advisory)
);
CREATE TABLE notes (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE parsing (
	digest TEXT NOT NULL, 
	project TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	begun_at BIGINT, 
	worker_only BOOLEAN DEFAULT 0 NOT NULL, 
	strikes INTEGER DEFAULT '0' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	quarantined_at BIGINT, 
	PRIMARY KEY (digest)
);
INSERT INTO "parsing" VALUES('d1','p','release','v3',1772366400000000,0,0,'',NULL);
CREATE TABLE pending (
	project TEXT NOT NULL, 
	tag TEXT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	PRIMARY KEY (project, tag)
);
CREATE TABLE people (
	person TEXT NOT NULL, 
	dm TEXT DEFAULT '' NOT NULL, 
	trouble TEXT DEFAULT '' NOT NULL, 
	lost_at BIGINT, 
	PRIMARY KEY (person)
);
CREATE TABLE policies (
	id INTEGER NOT NULL, 
	project TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	page TEXT NOT NULL, 
	readable BOOLEAN NOT NULL, 
	first_read_at BIGINT NOT NULL, 
	read_at BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE projects (
	id TEXT NOT NULL, 
	version BIGINT DEFAULT '0' NOT NULL, 
	baseline_at BIGINT, private_form TEXT DEFAULT 'unknown' NOT NULL, lifecycle TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "projects" VALUES('p',2,1772366400000000,'unknown',NULL);
CREATE TABLE queues (
	room TEXT NOT NULL, 
	lane SMALLINT NOT NULL, 
	chat TEXT NOT NULL, 
	head BIGINT, 
	due BIGINT, 
	PRIMARY KEY (room, lane)
);
INSERT INTO "queues" VALUES('discord:1',3,'discord',2,1772366400000000);
INSERT INTO "queues" VALUES('discord:1',2,'discord',NULL,NULL);
CREATE TABLE releases (
	project TEXT NOT NULL, 
	tag TEXT NOT NULL, 
	fact TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	prerelease BOOLEAN NOT NULL, 
	first_read_at BIGINT NOT NULL, 
	read_at BIGINT NOT NULL, 
	changed_at BIGINT NOT NULL, 
	known_before BOOLEAN NOT NULL, 
	promoted_at BIGINT, 
	missing_since BIGINT, 
	gone BOOLEAN DEFAULT 0 NOT NULL, 
	origins TEXT NOT NULL, 
	PRIMARY KEY (project, tag)
);
INSERT INTO "releases" VALUES('p','v1','{"v":1,"kind":"release","project":"p","tag":"v1","name":"","url":"https://e.org/","published_at":"2026-03-01T12:00:00+00:00","prerelease":false,"notes":[],"notes_cut":false}','e7e8bf285bdece8942ecaaab06279425',0,1772366400000000,1772366400000000,1772366400000000,1,NULL,NULL,0,'GitHub');
CREATE TABLE reminders (
	room TEXT NOT NULL, 
	project TEXT NOT NULL, 
	line TEXT NOT NULL, 
	until TEXT, 
	stage INTEGER NOT NULL, 
	"before" TEXT, 
	PRIMARY KEY (room, project, line)
);
CREATE TABLE room_servers (
	room TEXT NOT NULL, 
	server TEXT NOT NULL, 
	PRIMARY KEY (room)
);
CREATE TABLE room_watches (
	room TEXT NOT NULL, 
	project TEXT NOT NULL, 
	repository TEXT DEFAULT '' NOT NULL, 
	server TEXT DEFAULT '' NOT NULL, 
	options TEXT DEFAULT '{}' NOT NULL, 
	began_at BIGINT NOT NULL, 
	PRIMARY KEY (room, project)
);
CREATE TABLE server_events (
	server TEXT NOT NULL, 
	project TEXT NOT NULL, 
	version TEXT NOT NULL, 
	room TEXT NOT NULL, 
	event TEXT NOT NULL, 
	shows TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (server, project, version)
);
CREATE TABLE snoozes (
	person TEXT NOT NULL, 
	project TEXT NOT NULL, 
	advisory TEXT NOT NULL, 
	due BIGINT NOT NULL, 
	PRIMARY KEY (person, project, advisory)
);
CREATE TABLE sources (
	name TEXT NOT NULL, 
	project TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	cursor TEXT DEFAULT '{}' NOT NULL, 
	read_at BIGINT, 
	baseline_at BIGINT, 
	trouble TEXT, began_at BIGINT, server_at BIGINT, gap TEXT, authoritative BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "sources" VALUES('github-releases:p','p','GitHub','release','{}',1772366400000000,1772366400000000,NULL,NULL,NULL,NULL,1);
INSERT INTO "sources" VALUES('github-advisories:p','p','GitHub','advisory','{}',1772366400000000,1772366400000000,NULL,NULL,NULL,NULL,1);
CREATE TABLE subscriptions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	person TEXT NOT NULL, 
	project TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	min_severity TEXT NOT NULL, 
	releases TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	confirmed_at BIGINT NOT NULL, 
	unconfirmed INTEGER DEFAULT '0' NOT NULL, 
	home TEXT DEFAULT '' NOT NULL, 
	via TEXT DEFAULT 'dm' NOT NULL, 
	runs TEXT DEFAULT '' NOT NULL, 
	runs_since BIGINT, 
	CONSTRAINT uq_subscriptions_scope UNIQUE (person, project, kind, name)
);
CREATE TABLE sync_rooms (
	account TEXT NOT NULL, 
	place TEXT NOT NULL, 
	facts TEXT NOT NULL, 
	PRIMARY KEY (account, place)
);
CREATE TABLE sync_tokens (
	account TEXT NOT NULL, 
	token TEXT NOT NULL, 
	PRIMARY KEY (account)
);
INSERT INTO "sync_tokens" VALUES('@bot:example.org','token');
CREATE TABLE "watches" (
	project TEXT NOT NULL, 
	room TEXT NOT NULL, 
	since BIGINT NOT NULL, began_at BIGINT, left_at BIGINT, owed BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (project, room)
);
INSERT INTO "watches" VALUES('p','discord:1',1772366400000000,NULL,NULL,0);
CREATE INDEX ix_advisory_reports_advisory ON advisory_reports (project, advisory);
CREATE INDEX ix_advisory_revisions_advisory ON advisory_revisions (project, advisory, id);
CREATE INDEX ix_decisions_held ON decisions (project) WHERE latest AND verdict = 'hold';
CREATE INDEX ix_decisions_subject ON decisions (subject, room, id);
CREATE INDEX ix_deliveries_live ON deliveries (room, lane, id) WHERE state IN ('pending', 'sending', 'doubtful');
CREATE INDEX ix_deliveries_refused ON deliveries (room, lane, id) WHERE state = 'refused';
CREATE INDEX ix_deliveries_sending ON deliveries (room, lane, id) WHERE state = 'sending';
CREATE INDEX ix_deliveries_unsettled ON deliveries (announcement, id) WHERE state IN ('pending', 'sending', 'doubtful', 'waiting', 'refused', 'parked');
CREATE INDEX ix_holds_chat ON holds (chat);
CREATE INDEX ix_inbox_came_at ON inbox (came_at);
CREATE INDEX ix_policies_project ON policies (project);
CREATE INDEX ix_queues_due ON queues (chat, lane, due, head) WHERE due IS NOT NULL;
CREATE INDEX ix_sources_project ON sources (project);
CREATE INDEX ix_parsing_name ON parsing (project, kind, name);
CREATE INDEX ix_announcements_parent ON announcements (parent) WHERE parent <> '';
CREATE INDEX ix_people_dm ON people (dm);
CREATE INDEX ix_subscriptions_project ON subscriptions (project, person);
CREATE INDEX ix_snoozes_due ON snoozes (due);
CREATE INDEX ix_announcements_project ON announcements (project) WHERE room NOT LIKE '%:dm:%';
CREATE INDEX ix_deliveries_direct ON deliveries (room, id) WHERE room LIKE '%:dm:%';
CREATE INDEX ix_digests_room ON digests (room);
CREATE INDEX ix_digest_items_project ON digest_items (project);
CREATE INDEX ix_reminders_project ON reminders (project);
CREATE INDEX ix_maintainer_words_project ON maintainer_words (project, id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('deliveries',4);
COMMIT;
