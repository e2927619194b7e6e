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
	doors TEXT NOT NULL, 
	PRIMARY KEY (project, id)
);
INSERT INTO "advisories" VALUES('ferry','GHSA-2222-2222-2222','{"v":1,"kind":"advisory","project":"ferry","id":"GHSA-2222-2222-2222","aliases":["CVE-2031-0001"],"summary":"A mailbox name is not escaped","description":[{"spans":[{"text":"Details.","is":"text"}],"is":"paragraph"}],"severity":"high","scores":[["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",7.5]],"affected":[{"package":"ferry","ecosystem":"other","scheme":"project","range":"< 1.1.0","patched":"1.1.0","spans":[],"versions":[]}],"cwes":["CWE-79"],"credits":[{"login":"mira","role":"reporter"}],"url":"https://github.example/harbour/ferry/security/advisories/GHSA-2222-2222-2222","published_at":"2031-03-03T10:04:00+00:00","updated_at":"2031-03-03T10:04:00+00:00","withdrawn_at":null,"known_exploited":false,"unread":""}','b41a553319eb5961e44a8d6baaa334d2',1930298700000000,1930298700000000,1930298700000000,0,NULL,0,'rest');
CREATE TABLE advisory_ids (
	project TEXT NOT NULL, 
	alias TEXT NOT NULL, 
	id TEXT NOT NULL, 
	PRIMARY KEY (project, alias)
);
INSERT INTO "advisory_ids" VALUES('ferry','CVE-2031-0001','GHSA-2222-2222-2222');
INSERT INTO "advisory_ids" VALUES('ferry','GHSA-2222-2222-2222','GHSA-2222-2222-2222');
CREATE TABLE advisory_reports (
	project TEXT NOT NULL, 
	source TEXT NOT NULL, 
	own_id TEXT NOT NULL, 
	advisory TEXT NOT NULL, 
	door TEXT NOT NULL, 
	fact TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	read_at BIGINT NOT NULL, 
	missing_since BIGINT, 
	PRIMARY KEY (project, source, own_id)
);
INSERT INTO "advisory_reports" VALUES('ferry','github-advisories:ferry','GHSA-2222-2222-2222','GHSA-2222-2222-2222','rest','{"v":1,"kind":"advisory","project":"ferry","id":"GHSA-2222-2222-2222","aliases":["CVE-2031-0001"],"summary":"A mailbox name is not escaped","description":[{"spans":[{"text":"Details.","is":"text"}],"is":"paragraph"}],"severity":"high","scores":[["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",7.5]],"affected":[{"package":"ferry","ecosystem":"other","scheme":"project","range":"< 1.1.0","patched":"1.1.0","spans":[],"versions":[]}],"cwes":["CWE-79"],"credits":[{"login":"mira","role":"reporter"}],"url":"https://github.example/harbour/ferry/security/advisories/GHSA-2222-2222-2222","published_at":"2031-03-03T10:04:00+00:00","updated_at":"2031-03-03T10:04:00+00:00","withdrawn_at":null,"known_exploited":false,"unread":""}','b41a553319eb5961e44a8d6baaa334d2',1930298700000000,NULL);
CREATE TABLE advisory_revisions (
	id INTEGER NOT NULL, 
	project TEXT NOT NULL, 
	advisory TEXT NOT NULL, 
	fact TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "advisory_revisions" VALUES(1,'ferry','GHSA-2222-2222-2222','{"v":1,"kind":"advisory","project":"ferry","id":"GHSA-2222-2222-2222","aliases":["CVE-2031-0001"],"summary":"A mailbox name is not escaped","description":[{"spans":[{"text":"Details.","is":"text"}],"is":"paragraph"}],"severity":"high","scores":[["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",7.5]],"affected":[{"package":"ferry","ecosystem":"other","scheme":"project","range":"< 1.1.0","patched":"1.1.0","spans":[],"versions":[]}],"cwes":["CWE-79"],"credits":[{"login":"mira","role":"reporter"}],"url":"https://github.example/harbour/ferry/security/advisories/GHSA-2222-2222-2222","published_at":"2031-03-03T10:04:00+00:00","updated_at":"2031-03-03T10:04:00+00:00","withdrawn_at":null,"known_exploited":false,"unread":""}',1930298700000000);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE announcements (
	id TEXT NOT NULL, 
	project TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	room TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	told TEXT NOT NULL, 
	reference TEXT DEFAULT '' NOT NULL, 
	removed BOOLEAN DEFAULT 0 NOT NULL, 
	first_said_at BIGINT NOT NULL, template INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT uq_announcements_subject_room UNIQUE (subject, room)
);
INSERT INTO "announcements" VALUES('e2699eeec950fe53ac49aa18','ferry','release/ferry/v1.1.0','console',2,'d5a8b2b108b165cf0b70db85','["fixes:GHSA-2222-2222-2222"]','console/0',0,1930125840000000,1);
INSERT INTO "announcements" VALUES('e2699eee6169619e0c0b7f2f','ferry','release/ferry/v1.1.0','discord:1575673332722827268',2,'d5a8b2b108b165cf0b70db85','["fixes:GHSA-2222-2222-2222"]','1575673332722827268/1575673336023744546',0,1930125840000000,1);
INSERT INTO "announcements" VALUES('e2699eee967a48d84ca35391','ferry','release/ferry/v1.1.0','matrix:!news:example.org',2,'d5a8b2b108b165cf0b70db85','["fixes:GHSA-2222-2222-2222"]','matrix:!news:example.org/0',0,1930125840000000,1);
INSERT INTO "announcements" VALUES('18d15e0b80eb8f2d585116d9','ferry','advisory/ferry/GHSA-2222-2222-2222','console',1,'8dbb05bc851742cfa7a686f7','["range:< 1.1.0", "severity:high"]','console/1',0,1930298760000000,1);
INSERT INTO "announcements" VALUES('18d15e0bb0337c0b864dd365','ferry','advisory/ferry/GHSA-2222-2222-2222','discord:1575673332722827268',1,'8dbb05bc851742cfa7a686f7','["range:< 1.1.0", "severity:high"]','1575673332722827268/1575673339031060515',0,1930298760000000,1);
INSERT INTO "announcements" VALUES('18d15e0bd806444d8fd21785','ferry','advisory/ferry/GHSA-2222-2222-2222','matrix:!news:example.org',1,'8dbb05bc851742cfa7a686f7','["range:< 1.1.0", "severity:high"]','matrix:!news:example.org/1',0,1930298760000000,1);
INSERT INTO "announcements" VALUES('e8918be3f2ac4bf70ee6e1dd','ferry','release/ferry/v1.2.0','console',1,'ba764509307f1e04886aaabe','[]','',0,1930317000000000,1);
INSERT INTO "announcements" VALUES('e8918be395967cc1ee7f24a0','ferry','release/ferry/v1.2.0','discord:1575673332722827268',1,'ba764509307f1e04886aaabe','[]','',0,1930317000000000,1);
INSERT INTO "announcements" VALUES('e8918be3113d4d4e5380a140','ferry','release/ferry/v1.2.0','matrix:!news:example.org',1,'ba764509307f1e04886aaabe','[]','',0,1930317000000000,1);
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
INSERT INTO "decisions" VALUES(1,'ferry','release/ferry/v1.0.0','discord:1575673332722827268','skip','it was published before this room began to listen',1930122060000000,1);
INSERT INTO "decisions" VALUES(2,'ferry','release/ferry/v1.0.0','console','skip','it was published before this room began to listen',1930122060000000,1);
INSERT INTO "decisions" VALUES(3,'ferry','release/ferry/v1.0.0','matrix:!news:example.org','skip','it was published before this room began to listen',1930122060000000,1);
INSERT INTO "decisions" VALUES(4,'ferry','release/ferry/v1.1.0','discord:1575673332722827268','hold','it is read once more before it is announced',1930125780000000,0);
INSERT INTO "decisions" VALUES(5,'ferry','release/ferry/v1.1.0','console','hold','it is read once more before it is announced',1930125780000000,0);
INSERT INTO "decisions" VALUES(6,'ferry','release/ferry/v1.1.0','matrix:!news:example.org','hold','it is read once more before it is announced',1930125780000000,0);
INSERT INTO "decisions" VALUES(7,'ferry','release/ferry/v1.1.0','discord:1575673332722827268','announce','a new release',1930125840000000,0);
INSERT INTO "decisions" VALUES(8,'ferry','release/ferry/v1.1.0','console','announce','a new release',1930125840000000,0);
INSERT INTO "decisions" VALUES(9,'ferry','release/ferry/v1.1.0','matrix:!news:example.org','announce','a new release',1930125840000000,0);
INSERT INTO "decisions" VALUES(10,'ferry','advisory/ferry/GHSA-2222-2222-2222','discord:1575673332722827268','hold','it is read once more before it is announced',1930298700000000,0);
INSERT INTO "decisions" VALUES(11,'ferry','advisory/ferry/GHSA-2222-2222-2222','console','hold','it is read once more before it is announced',1930298700000000,0);
INSERT INTO "decisions" VALUES(12,'ferry','advisory/ferry/GHSA-2222-2222-2222','matrix:!news:example.org','hold','it is read once more before it is announced',1930298700000000,0);
INSERT INTO "decisions" VALUES(13,'ferry','release/ferry/v1.1.0','discord:1575673332722827268','hold','its changes are read once more before they are shown',1930298700000000,0);
INSERT INTO "decisions" VALUES(14,'ferry','release/ferry/v1.1.0','console','hold','its changes are read once more before they are shown',1930298700000000,0);
INSERT INTO "decisions" VALUES(15,'ferry','release/ferry/v1.1.0','matrix:!news:example.org','hold','its changes are read once more before they are shown',1930298700000000,0);
INSERT INTO "decisions" VALUES(16,'ferry','advisory/ferry/GHSA-2222-2222-2222','discord:1575673332722827268','announce','a new advisory',1930298760000000,1);
INSERT INTO "decisions" VALUES(17,'ferry','advisory/ferry/GHSA-2222-2222-2222','console','announce','a new advisory',1930298760000000,1);
INSERT INTO "decisions" VALUES(18,'ferry','advisory/ferry/GHSA-2222-2222-2222','matrix:!news:example.org','announce','a new advisory',1930298760000000,1);
INSERT INTO "decisions" VALUES(19,'ferry','release/ferry/v1.1.0','discord:1575673332722827268','amend','its words changed',1930298760000000,1);
INSERT INTO "decisions" VALUES(20,'ferry','release/ferry/v1.1.0','console','amend','its words changed',1930298760000000,1);
INSERT INTO "decisions" VALUES(21,'ferry','release/ferry/v1.1.0','matrix:!news:example.org','amend','its words changed',1930298760000000,1);
INSERT INTO "decisions" VALUES(22,'ferry','release/ferry/v1.2.0','discord:1575673332722827268','hold','it is read once more before it is announced',1930316940000000,0);
INSERT INTO "decisions" VALUES(23,'ferry','release/ferry/v1.2.0','console','hold','it is read once more before it is announced',1930316940000000,0);
INSERT INTO "decisions" VALUES(24,'ferry','release/ferry/v1.2.0','matrix:!news:example.org','hold','it is read once more before it is announced',1930316940000000,0);
INSERT INTO "decisions" VALUES(25,'ferry','release/ferry/v1.2.0','discord:1575673332722827268','announce','a new release',1930317000000000,1);
INSERT INTO "decisions" VALUES(26,'ferry','release/ferry/v1.2.0','console','announce','a new release',1930317000000000,1);
INSERT INTO "decisions" VALUES(27,'ferry','release/ferry/v1.2.0','matrix:!news:example.org','announce','a new release',1930317000000000,1);
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
INSERT INTO "deliveries" VALUES(1,'e2699eee3ec88026a4fddaa5','ferry','e2699eeec950fe53ac49aa18','console','console',3,'new',1,'682152cddf2f5577af119bc987fbfa7f','sent',1930125840000000,1,1930125840000000,1930125840000000,0,1930125840000000,'console/0','','',NULL,0);
INSERT INTO "deliveries" VALUES(2,'e2699eeed51dbdd2fc9cc7ce','ferry','e2699eee6169619e0c0b7f2f','discord','discord:1575673332722827268',3,'new',1,'682152cddf2f5577af119bc987fbfa7f','sent',1930125840000000,1,1930125840000000,1930125840000000,0,1930125840000000,'1575673332722827268/1575673336023744546','','',NULL,0);
INSERT INTO "deliveries" VALUES(3,'e2699eee998f87b495081d4d','ferry','e2699eee967a48d84ca35391','matrix','matrix:!news:example.org',3,'new',1,'682152cddf2f5577af119bc987fbfa7f','sent',1930125840000000,1,1930125840000000,1930125840000000,0,1930125840000000,'matrix:!news:example.org/0','','',NULL,0);
INSERT INTO "deliveries" VALUES(4,'18d15e0b301c777be5dd54cf','ferry','18d15e0b80eb8f2d585116d9','console','console',1,'new',1,'04a9db548d8f1b070730b02d850d04ea','sent',1930298760000000,1,1930298760000000,1930298760000000,0,1930298760000000,'console/1','','',NULL,0);
INSERT INTO "deliveries" VALUES(5,'18d15e0b1892ad34fbc2686b','ferry','18d15e0bb0337c0b864dd365','discord','discord:1575673332722827268',1,'new',1,'04a9db548d8f1b070730b02d850d04ea','sent',1930298760000000,1,1930298760000000,1930298760000000,0,1930298760000000,'1575673332722827268/1575673339031060515','','',NULL,0);
INSERT INTO "deliveries" VALUES(6,'18d15e0b118a69f8660b80f8','ferry','18d15e0bd806444d8fd21785','matrix','matrix:!news:example.org',1,'new',1,'bda7bada3e94a2553491baa45eb92c8c','sent',1930298760000000,1,1930298760000000,1930298760000000,0,1930298760000000,'matrix:!news:example.org/1','','',NULL,0);
INSERT INTO "deliveries" VALUES(7,'e2699eee4f7a03e943f64d21','ferry','e2699eeec950fe53ac49aa18','console','console',3,'edit',2,'b75aa38a0b26cceef68c826474f1a92b','sent',1930298760000000,1,1930298760000000,1930298760000000,0,1930298760000000,'console/0','','',NULL,0);
INSERT INTO "deliveries" VALUES(8,'e2699eee9c55666e1613784d','ferry','e2699eee6169619e0c0b7f2f','discord','discord:1575673332722827268',3,'edit',2,'b75aa38a0b26cceef68c826474f1a92b','sent',1930298760000000,1,1930298760000000,1930298760000000,0,1930298760000000,'1575673332722827268/1575673336023744546','','',NULL,0);
INSERT INTO "deliveries" VALUES(9,'e2699eeea76792c8ad061c00','ferry','e2699eee967a48d84ca35391','matrix','matrix:!news:example.org',3,'edit',2,'b75aa38a0b26cceef68c826474f1a92b','sent',1930298760000000,1,1930298760000000,1930298760000000,0,1930298760000000,'matrix:!news:example.org/0','','',NULL,0);
INSERT INTO "deliveries" VALUES(10,'e8918be329539a3d14c74d26','ferry','e8918be3f2ac4bf70ee6e1dd','console','console',3,'new',1,'7a068b10ac8100e029480fc0466c2052','pending',1930317000000000,0,1930317000000000,NULL,0,NULL,'','','',NULL,0);
INSERT INTO "deliveries" VALUES(11,'e8918be3c4b67fedf1c2cb39','ferry','e8918be395967cc1ee7f24a0','discord','discord:1575673332722827268',3,'new',1,'7a068b10ac8100e029480fc0466c2052','pending',1930317000000000,0,1930317000000000,NULL,0,NULL,'','','',NULL,0);
INSERT INTO "deliveries" VALUES(12,'e8918be3fb3feb600f1f5136','ferry','e8918be3113d4d4e5380a140','matrix','matrix:!news:example.org',3,'new',1,'7a068b10ac8100e029480fc0466c2052','pending',1930317000000000,0,1930317000000000,NULL,0,NULL,'','','',NULL,0);
CREATE TABLE hearings (
	project TEXT NOT NULL, 
	room TEXT NOT NULL, 
	since BIGINT NOT NULL, began_at BIGINT, left_at BIGINT, owed BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (project, room)
);
INSERT INTO "hearings" VALUES('ferry','console',1930122000000000,NULL,NULL,0);
INSERT INTO "hearings" VALUES('ferry','discord:1575673332722827268',1930122000000000,NULL,NULL,0);
INSERT INTO "hearings" VALUES('ferry','matrix:!news:example.org',1930122000000000,NULL,NULL,0);
CREATE TABLE holds (
	room TEXT NOT NULL, 
	chat TEXT NOT NULL, 
	until BIGINT NOT NULL, 
	refusals INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (room)
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
CREATE TABLE leases (
	name TEXT NOT NULL, 
	holder TEXT NOT NULL, 
	taken_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	term BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE messages (
	digest TEXT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (digest)
);
INSERT INTO "messages" VALUES('682152cddf2f5577af119bc987fbfa7f','{"v":1,"kind":"message","title":"Ferry 1.1.0 – minor release","tone":"routine","url":"https://github.example/harbour/ferry/releases/tag/v1.1.0","facts":[{"label":"Line","spans":[{"text":"1.x","is":"text"}]}],"body":[{"spans":[{"text":"Fixes.","is":"text"}],"is":"paragraph"}],"links":[{"text":"Release notes","url":"https://github.example/harbour/ferry/releases/tag/v1.1.0","is":"link"}],"actions":[],"footer":"","mentions":[],"at":"2031-03-01T10:02:00+00:00","struck":false,"private":false,"answer":false}');
INSERT INTO "messages" VALUES('04a9db548d8f1b070730b02d850d04ea','{"v":1,"kind":"message","title":"Ferry – A mailbox name is not escaped","tone":"security","url":"https://github.example/harbour/ferry/security/advisories/GHSA-2222-2222-2222","facts":[{"label":"Severity","spans":[{"text":"high (CVSS 7.5)","is":"text"}]},{"label":"Advisory","spans":[{"text":"GHSA-2222-2222-2222 and CVE-2031-0001","is":"text"}]},{"label":"Affected","spans":[{"text":"ferry before 1.1.0","is":"text"}]},{"label":"Fixed in","spans":[{"text":"1.1.0","url":"https://github.example/harbour/ferry/releases/tag/v1.1.0","is":"link"}]},{"label":"Weakness","spans":[{"text":"CWE-79","is":"text"}]},{"label":"Reported by","spans":[{"text":"mira","is":"text"}]}],"body":[{"spans":[{"text":"What to do: on 1.x upgrade to 1.1.0.","is":"text"}],"is":"paragraph"},{"spans":[{"text":"Details.","is":"text"}],"is":"paragraph"}],"links":[{"text":"Advisory","url":"https://github.example/harbour/ferry/security/advisories/GHSA-2222-2222-2222","is":"link"},{"text":"Release 1.1.0","url":"https://github.example/harbour/ferry/releases/tag/v1.1.0","is":"link"}],"actions":[{"name":"affected","label":"Does it affect me?","project":"ferry","subject":"ferry/GHSA-2222-2222-2222"}],"footer":"","mentions":[{"kind":"role","id":"7"}],"at":"2031-03-03T10:04:00+00:00","struck":false,"private":false,"answer":false}');
INSERT INTO "messages" VALUES('bda7bada3e94a2553491baa45eb92c8c','{"v":1,"kind":"message","title":"Ferry – A mailbox name is not escaped","tone":"security","url":"https://github.example/harbour/ferry/security/advisories/GHSA-2222-2222-2222","facts":[{"label":"Severity","spans":[{"text":"high (CVSS 7.5)","is":"text"}]},{"label":"Advisory","spans":[{"text":"GHSA-2222-2222-2222 and CVE-2031-0001","is":"text"}]},{"label":"Affected","spans":[{"text":"ferry before 1.1.0","is":"text"}]},{"label":"Fixed in","spans":[{"text":"1.1.0","url":"https://github.example/harbour/ferry/releases/tag/v1.1.0","is":"link"}]},{"label":"Weakness","spans":[{"text":"CWE-79","is":"text"}]},{"label":"Reported by","spans":[{"text":"mira","is":"text"}]}],"body":[{"spans":[{"text":"What to do: on 1.x upgrade to 1.1.0.","is":"text"}],"is":"paragraph"},{"spans":[{"text":"Details.","is":"text"}],"is":"paragraph"}],"links":[{"text":"Advisory","url":"https://github.example/harbour/ferry/security/advisories/GHSA-2222-2222-2222","is":"link"},{"text":"Release 1.1.0","url":"https://github.example/harbour/ferry/releases/tag/v1.1.0","is":"link"}],"actions":[{"name":"affected","label":"Does it affect me?","project":"ferry","subject":"ferry/GHSA-2222-2222-2222"}],"footer":"","mentions":[{"kind":"room","id":""}],"at":"2031-03-03T10:04:00+00:00","struck":false,"private":false,"answer":false}');
INSERT INTO "messages" VALUES('b75aa38a0b26cceef68c826474f1a92b','{"v":1,"kind":"message","title":"Ferry 1.1.0 – security release","tone":"security","url":"https://github.example/harbour/ferry/releases/tag/v1.1.0","facts":[{"label":"Fixes","spans":[{"text":"GHSA-2222-2222-2222","url":"https://github.example/harbour/ferry/security/advisories/GHSA-2222-2222-2222","is":"link"},{"text":" (high)","is":"text"}]},{"label":"Line","spans":[{"text":"1.x","is":"text"}]}],"body":[{"spans":[{"text":"Fixes.","is":"text"}],"is":"paragraph"}],"links":[{"text":"Release notes","url":"https://github.example/harbour/ferry/releases/tag/v1.1.0","is":"link"},{"text":"GHSA-2222-2222-2222","url":"https://github.example/harbour/ferry/security/advisories/GHSA-2222-2222-2222","is":"link"}],"actions":[{"name":"affected","label":"Does it affect me?","project":"ferry","subject":"ferry/v1.1.0"}],"footer":"","mentions":[],"at":"2031-03-01T10:02:00+00:00","struck":false,"private":false,"answer":false}');
INSERT INTO "messages" VALUES('7a068b10ac8100e029480fc0466c2052','{"v":1,"kind":"message","title":"Ferry 1.2.0 – minor release","tone":"routine","url":"https://github.example/harbour/ferry/releases/tag/v1.2.0","facts":[{"label":"Line","spans":[{"text":"1.x","is":"text"}]}],"body":[{"spans":[{"text":"Fixes.","is":"text"}],"is":"paragraph"}],"links":[{"text":"Release notes","url":"https://github.example/harbour/ferry/releases/tag/v1.2.0","is":"link"}],"actions":[],"footer":"","mentions":[],"at":"2031-03-03T15:08:00+00:00","struck":false,"private":false,"answer":false}');
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
CREATE TABLE pending (
	project TEXT NOT NULL, 
	tag TEXT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	PRIMARY KEY (project, tag)
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
INSERT INTO "policies" VALUES(1,'ferry','3e32526048bfc4d9708e88a28d5dc4dd','{"v":1,"kind":"policy","project":"ferry","text":"# Security\n\n| Version | Supported |\n|---|---|\n| 1.x | yes |\n","path":"SECURITY.md","url":"https://github.example/harbour/ferry/blob/main/SECURITY.md","committed_at":"2031-02-20T09:00:00+00:00","found":true,"unreadable":""}',1,1930122060000000,1930122060000000);
CREATE TABLE projects (
	id TEXT NOT NULL, 
	version BIGINT DEFAULT '0' NOT NULL, 
	baseline_at BIGINT, private_form TEXT DEFAULT 'unknown' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "projects" VALUES('ferry',10,1930122060000000,'off');
CREATE TABLE queues (
	room TEXT NOT NULL, 
	lane SMALLINT NOT NULL, 
	chat TEXT NOT NULL, 
	head BIGINT, 
	due BIGINT, 
	PRIMARY KEY (room, lane)
);
INSERT INTO "queues" VALUES('console',3,'console',10,1930317000000000);
INSERT INTO "queues" VALUES('discord:1575673332722827268',3,'discord',11,1930317000000000);
INSERT INTO "queues" VALUES('matrix:!news:example.org',3,'matrix',12,1930317000000000);
INSERT INTO "queues" VALUES('console',1,'console',NULL,NULL);
INSERT INTO "queues" VALUES('discord:1575673332722827268',1,'discord',NULL,NULL);
INSERT INTO "queues" VALUES('matrix:!news:example.org',1,'matrix',NULL,NULL);
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
	doors TEXT NOT NULL, 
	PRIMARY KEY (project, tag)
);
INSERT INTO "releases" VALUES('ferry','v1.0.0','{"v":1,"kind":"release","project":"ferry","tag":"v1.0.0","name":"v1.0.0","url":"https://github.example/harbour/ferry/releases/tag/v1.0.0","published_at":"2030-11-22T10:00:00+00:00","prerelease":false,"notes":[{"spans":[{"text":"Fixes.","is":"text"}],"is":"paragraph"}],"notes_cut":false,"created_at":"2030-11-22T09:00:00+00:00","unread":""}','84a7fdd8e6eab85d979b97178d1149c4',0,1930122060000000,1930122060000000,1930122060000000,1,NULL,NULL,0,'rest');
INSERT INTO "releases" VALUES('ferry','v1.1.0','{"v":1,"kind":"release","project":"ferry","tag":"v1.1.0","name":"v1.1.0","url":"https://github.example/harbour/ferry/releases/tag/v1.1.0","published_at":"2031-03-01T10:02:00+00:00","prerelease":false,"notes":[{"spans":[{"text":"Fixes.","is":"text"}],"is":"paragraph"}],"notes_cut":false,"created_at":"2031-03-01T10:02:00+00:00","unread":""}','062f214638efa8b17595da487259dd12',0,1930125780000000,1930125780000000,1930125780000000,0,NULL,NULL,0,'rest');
INSERT INTO "releases" VALUES('ferry','v1.2.0','{"v":1,"kind":"release","project":"ferry","tag":"v1.2.0","name":"v1.2.0","url":"https://github.example/harbour/ferry/releases/tag/v1.2.0","published_at":"2031-03-03T15:08:00+00:00","prerelease":false,"notes":[{"spans":[{"text":"Fixes.","is":"text"}],"is":"paragraph"}],"notes_cut":false,"created_at":"2031-03-03T15:08:00+00:00","unread":""}','c4061e331f11c271a491f0774af6b192',0,1930316940000000,1930316940000000,1930316940000000,0,NULL,NULL,0,'rest');
CREATE TABLE sources (
	name TEXT NOT NULL, 
	project TEXT NOT NULL, 
	door TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	cursor TEXT DEFAULT '{}' NOT NULL, 
	read_at BIGINT, 
	baseline_at BIGINT, 
	trouble TEXT, began_at BIGINT, server_at BIGINT, gap TEXT, 
	PRIMARY KEY (name)
);
INSERT INTO "sources" VALUES('github-releases:ferry','ferry','rest','release','{"digest": "a7afbd6df285b3098be007745a153d49", "etag": "W/\"d0cb9e12b23ce456239e10f6cf55a260bab4bbb02e61e6e72d6f7677b7196e33\"", "marks": "v1.2.0 v1.1.0 v1.0.0", "page_size": "100", "renamed": "", "repository": "harbour/ferry", "repository_id": "140975303", "whole_at": "2031-03-03T15:09:00+00:00"}',1930317000000000,1930122060000000,NULL,1930122060000000,1930317000000000,NULL);
INSERT INTO "sources" VALUES('github-advisories:ferry','ferry','rest','advisory','{"digest": "09ae902ea240116ffac1339761c76f8c", "etag": "W/\"d15e7d9146498d9d2b27efe60d53576f8df3c41e89f2cb1bc173514c753fa943\"", "marks": "GHSA-2222-2222-2222@2031-03-03T10:04:00+00:00", "page_size": "100", "renamed": "", "repository": "harbour/ferry", "repository_id": "140975303", "whole_at": "2031-03-03T10:05:00+00:00"}',1930317000000000,1930122060000000,NULL,1930122060000000,1930317000000000,NULL);
INSERT INTO "sources" VALUES('github-policy:ferry','ferry','policy','policy','{"digest": "ddbe1e2a25f870d3d6e19eb8bcec786b", "etag": "W/\"ab513253616c1c7665fa97528bc364050e76cf51749c8a822eb19a12dfd536f2\"", "place": "harbour/ferry:SECURITY.md", "renamed": "", "report_form": "off", "report_form_at": "2031-03-03T10:05:00+00:00", "repository": "harbour/ferry", "repository_id": "140975303", "searched_at": "2031-03-03T10:05:00+00:00"}',1930317000000000,NULL,NULL,1930122060000000,1930317000000000,NULL);
INSERT INTO "sources" VALUES('github-atom:ferry','ferry','atom','signal','{"digest": "b79d8e4a786ce6e4b16b6a08016862dc", "etag": "W/\"3bfe5134aa79949efda23ee39adb03181a7335987fc184a475f0972eb3460849\"", "last_modified": "", "marks": "{\"v1.2.0\": \"f46fa6844cd6\", \"v1.1.0\": \"a556d324241e\", \"v1.0.0\": \"810d69f3cf73\"}", "repository": "harbour/ferry", "repository_id": "140975303"}',1930317000000000,NULL,NULL,1930122060000000,1930317000000000,NULL);
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
CREATE INDEX ix_advisory_reports_advisory ON advisory_reports (project, advisory);
CREATE INDEX ix_advisory_revisions_advisory ON advisory_revisions (project, advisory, id);
CREATE INDEX ix_announcements_project ON announcements (project);
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
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('deliveries',12);
COMMIT;
