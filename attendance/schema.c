/* See schema.h. */
#include "attendance/schema.h"

#include <errno.h>
#include <stdio.h>

#include "attendance/db.h"
#include "media/base/clock.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

/* Version 1: the journal. A payload and its key lie beside the chained row, so that erasing both leaves the chain valid. */
static const char journal_sql[] =
	"CREATE TABLE journal ("
	"  sequence INTEGER PRIMARY KEY,"
	"  previous BLOB NOT NULL CHECK (length(previous) = 32),"
	"  kind INTEGER NOT NULL,"
	"  wall_us INTEGER NOT NULL,"
	"  boot_us INTEGER NOT NULL,"
	"  boot_id TEXT NOT NULL,"
	"  room TEXT NOT NULL,"
	"  seat TEXT NOT NULL,"
	"  actor TEXT NOT NULL,"
	"  commitment BLOB NOT NULL CHECK (length(commitment) = 32),"
	"  hash BLOB NOT NULL CHECK (length(hash) = 32)"
	") STRICT;"
	"CREATE INDEX journal_room ON journal (room, sequence);"
	"CREATE TABLE journal_payload ("
	"  sequence INTEGER PRIMARY KEY REFERENCES journal (sequence),"
	"  key BLOB NOT NULL CHECK (length(key) = 32),"
	"  payload TEXT NOT NULL"
	") STRICT;"
	"CREATE TRIGGER journal_never_updated BEFORE UPDATE ON journal BEGIN"
	"  SELECT RAISE(ABORT, 'the journal is append-only'); END;"
	"CREATE TRIGGER journal_never_deleted BEFORE DELETE ON journal BEGIN"
	"  SELECT RAISE(ABORT, 'the journal is append-only'); END;"
	"CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;";

/*
 * Version 2: who there is. What changes over time (parent, name, right) is a row with the time for which it holds and the
 * time at which it was known; a correction is a further row that the old one names in superseded_by.
 */
static const char directory_sql[] =
	"CREATE TABLE org (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, recorded_at INTEGER NOT NULL) STRICT;"
	"CREATE TABLE org_edge ("
	"  id INTEGER PRIMARY KEY,"
	"  org INTEGER NOT NULL REFERENCES org (id),"
	"  parent INTEGER REFERENCES org (id),"
	"  valid_from INTEGER NOT NULL, valid_to INTEGER,"
	"  recorded_at INTEGER NOT NULL, superseded_by INTEGER REFERENCES org_edge (id)"
	") STRICT;"
	"CREATE UNIQUE INDEX org_edge_now ON org_edge (org) WHERE valid_to IS NULL AND superseded_by IS NULL;"
	"CREATE TABLE org_name ("
	"  id INTEGER PRIMARY KEY,"
	"  org INTEGER NOT NULL REFERENCES org (id),"
	"  name TEXT NOT NULL,"
	"  valid_from INTEGER NOT NULL, valid_to INTEGER,"
	"  recorded_at INTEGER NOT NULL, superseded_by INTEGER REFERENCES org_name (id)"
	") STRICT;"
	"CREATE UNIQUE INDEX org_name_now ON org_name (org) WHERE valid_to IS NULL AND superseded_by IS NULL;"
	"CREATE TABLE account ("
	"  id INTEGER PRIMARY KEY,"
	"  login TEXT NOT NULL UNIQUE,"
	"  name TEXT NOT NULL,"
	"  org INTEGER NOT NULL REFERENCES org (id),"
	"  kind TEXT NOT NULL,"
	"  password_hash TEXT NOT NULL,"
	"  recorded_at INTEGER NOT NULL,"
	"  closed_at INTEGER"
	") STRICT;"
	"CREATE TABLE room ("
	"  id TEXT PRIMARY KEY,"
	"  title TEXT NOT NULL,"
	"  org INTEGER REFERENCES org (id),"
	"  epoch TEXT NOT NULL,"
	"  opened_us INTEGER, opened_sequence INTEGER, ended_us INTEGER,"
	"  recorded_at INTEGER NOT NULL"
	") STRICT;"
	"CREATE TABLE room_right ("
	"  id INTEGER PRIMARY KEY,"
	"  room TEXT NOT NULL REFERENCES room (id),"
	"  account INTEGER REFERENCES account (id),"
	"  org INTEGER REFERENCES org (id),"
	"  subtree INTEGER NOT NULL,"
	"  role TEXT NOT NULL CHECK (role IN ('host','cohost','presenter','participant','viewer','inspector')),"
	"  valid_from INTEGER NOT NULL, valid_to INTEGER,"
	"  recorded_at INTEGER NOT NULL, superseded_by INTEGER REFERENCES room_right (id),"
	"  CHECK ((account IS NULL) <> (org IS NULL))"
	") STRICT;"
	"CREATE INDEX room_right_room ON room_right (room);"
	"CREATE TABLE session ("
	"  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),"
	"  account INTEGER NOT NULL REFERENCES account (id),"
	"  created_us INTEGER NOT NULL,"
	"  expires_us INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;";

#define FACT(table, columns) \
	"CREATE TABLE " table " (" \
	"  id INTEGER PRIMARY KEY," columns \
	"  valid_from INTEGER NOT NULL, valid_to INTEGER," \
	"  recorded_at INTEGER NOT NULL, act INTEGER REFERENCES journal (sequence), superseded_by INTEGER REFERENCES " table " (id)" \
	") STRICT;"
#define HOLDS " WHERE valid_to IS NULL AND superseded_by IS NULL;"
#define MADE_PEOPLE " FROM account WHERE kind <> 'branch';"

/*
 * Version 3: persons, what holds of them, grants and policies; who did what. The accounts of version 2 bore a name and a label:
 * those of people become persons with a main membership, and a grant where the label promised one.
 */
static const char people_sql[] =
	"ALTER TABLE org ADD COLUMN code TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE org ADD COLUMN merged_into INTEGER REFERENCES org (id);"
	"CREATE UNIQUE INDEX org_code ON org (code) WHERE code <> '';"
	"ALTER TABLE org_edge ADD COLUMN act INTEGER REFERENCES journal (sequence);"
	"ALTER TABLE org_name ADD COLUMN act INTEGER REFERENCES journal (sequence);"
	"ALTER TABLE org_name ADD COLUMN kind TEXT NOT NULL DEFAULT 'branch';"
	"UPDATE org_name SET kind = (SELECT kind FROM org WHERE id = org_name.org);"
	"ALTER TABLE org DROP COLUMN kind;"
	"CREATE TABLE person ("
	"  id INTEGER PRIMARY KEY,"
	"  pseudonym TEXT NOT NULL UNIQUE,"
	"  merged_into INTEGER REFERENCES person (id),"
	"  erased_at INTEGER,"
	"  recorded_at INTEGER NOT NULL"
	") STRICT;"
	"CREATE TABLE person_identity ("
	"  person INTEGER PRIMARY KEY REFERENCES person (id),"
	"  name TEXT NOT NULL, reading TEXT NOT NULL, phone TEXT NOT NULL,"
	"  card_tail TEXT NOT NULL, card_key TEXT NOT NULL, card_hash BLOB CHECK (length(card_hash) = 32),"
	"  recorded_at INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX person_card ON person_identity (card_hash) WHERE card_hash IS NOT NULL;"
	FACT("person_kind", " person INTEGER NOT NULL REFERENCES person (id), kind TEXT NOT NULL CHECK (kind IN ('member','staff','talent','guest')),")
	FACT("membership", " person INTEGER NOT NULL REFERENCES person (id), org INTEGER NOT NULL REFERENCES org (id), main INTEGER NOT NULL,")
	FACT("post", " person INTEGER NOT NULL REFERENCES person (id), org INTEGER NOT NULL REFERENCES org (id), title TEXT NOT NULL,")
	FACT("category", " person INTEGER NOT NULL REFERENCES person (id), name TEXT NOT NULL,")
	FACT("right_grant", " person INTEGER NOT NULL REFERENCES person (id), org INTEGER NOT NULL REFERENCES org (id),"
	                    " role TEXT NOT NULL CHECK (role IN ('leader','administrator','member','expert','inspector')),"
	                    " subtree INTEGER NOT NULL, purpose TEXT NOT NULL, giver INTEGER REFERENCES account (id),")
	FACT("policy_value", " org INTEGER NOT NULL REFERENCES org (id), key TEXT NOT NULL, value TEXT NOT NULL,")
	"CREATE UNIQUE INDEX person_kind_now ON person_kind (person)" HOLDS
	"CREATE UNIQUE INDEX membership_now ON membership (person, org)" HOLDS
	"CREATE UNIQUE INDEX membership_main_now ON membership (person) WHERE main AND valid_to IS NULL AND superseded_by IS NULL;"
	"CREATE INDEX membership_org ON membership (org);"
	"CREATE UNIQUE INDEX policy_value_now ON policy_value (org, key)" HOLDS
	"INSERT INTO person (id, pseudonym, recorded_at) SELECT id, lower(hex(randomblob(8))), recorded_at" MADE_PEOPLE
	"INSERT INTO person_identity SELECT id, name, '', '', '', '', NULL, recorded_at" MADE_PEOPLE
	"INSERT INTO person_kind (person, kind, valid_from, recorded_at)"
	" SELECT id, CASE kind WHEN 'member' THEN 'member' WHEN 'expert' THEN 'talent' ELSE 'staff' END, recorded_at, recorded_at" MADE_PEOPLE
	"INSERT INTO membership (person, org, main, valid_from, recorded_at) SELECT id, org, 1, recorded_at, recorded_at" MADE_PEOPLE
	"INSERT INTO right_grant (person, org, role, subtree, purpose, valid_from, recorded_at)"
	" SELECT id, org, kind, 1, '', recorded_at, recorded_at FROM account WHERE kind IN ('administrator', 'inspector');"
	"ALTER TABLE account ADD COLUMN person INTEGER REFERENCES person (id);"
	"ALTER TABLE account ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;"
	"UPDATE account SET person = id WHERE kind <> 'branch';"
	"ALTER TABLE account DROP COLUMN name;"
	"ALTER TABLE account DROP COLUMN kind;"
	"CREATE TABLE audit ("
	"  sequence INTEGER PRIMARY KEY REFERENCES journal (sequence),"
	"  wall_us INTEGER NOT NULL,"
	"  act TEXT NOT NULL,"
	"  account INTEGER NOT NULL, person INTEGER NOT NULL, right_grant INTEGER NOT NULL, org INTEGER NOT NULL, subject INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX audit_org ON audit (org, sequence);"
	"CREATE INDEX audit_subject ON audit (subject, sequence) WHERE subject > 0;"
	"CREATE INDEX audit_person ON audit (person, sequence) WHERE person > 0;";

/* Version 4: sign-ins that are devices, and links that become a sign-in once. */
static const char links_sql[] =
	"ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';"
	"CREATE TABLE link ("
	"  hash BLOB PRIMARY KEY CHECK (length(hash) = 32),"
	"  account INTEGER NOT NULL REFERENCES account (id),"
	"  device TEXT NOT NULL,"
	"  expires_us INTEGER NOT NULL,"
	"  session_life_us INTEGER NOT NULL,"
	"  recorded_at INTEGER NOT NULL,"
	"  used_at INTEGER"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX link_account ON link (account);";

/* Version 5: requests that may be asked for again without being done twice. What was sent is not kept: it may hold a card number. */
static const char requests_sql[] =
	"CREATE TABLE request_key ("
	"  account INTEGER NOT NULL REFERENCES account (id),"
	"  key TEXT NOT NULL,"
	"  result INTEGER NOT NULL,"
	"  recorded_at INTEGER NOT NULL,"
	"  PRIMARY KEY (account, key)"
	") STRICT, WITHOUT ROWID;";

/* Version 6: indexes of classes; what is true of them are their events. */
static const char classes_sql[] =
	"CREATE TABLE class ("
	"  room TEXT PRIMARY KEY,"
	"  org INTEGER NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, campaign TEXT NOT NULL,"
	"  start_us INTEGER NOT NULL, end_us INTEGER NOT NULL,"
	"  state TEXT NOT NULL CHECK (state IN ('planned','cancelled','open','closed','sealed')),"
	"  planned_sequence INTEGER NOT NULL REFERENCES journal (sequence)"
	") STRICT;"
	"CREATE INDEX class_start ON class (start_us);"
	"CREATE TABLE class_site ("
	"  room TEXT NOT NULL REFERENCES class (room), site INTEGER NOT NULL, answer TEXT NOT NULL,"
	"  PRIMARY KEY (room, site)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX class_site_site ON class_site (site);";

/* Version 7: mapping profiles of imports. */
static const char profiles_sql[] =
	FACT("import_profile", " org INTEGER NOT NULL REFERENCES org (id), kind INTEGER NOT NULL, name TEXT NOT NULL, headers TEXT NOT NULL,")
	"CREATE UNIQUE INDEX import_profile_now ON import_profile (org, kind, name)" HOLDS;

/* Version 8: what was erased since its days were over. */
static const char retention_sql[] =
	"CREATE TABLE retention_run (id INTEGER PRIMARY KEY, started_us INTEGER NOT NULL, finished_us INTEGER, reached INTEGER NOT NULL) STRICT;"
	"CREATE TABLE retention_count ("
	"  run INTEGER NOT NULL REFERENCES retention_run (id),"
	"  root INTEGER NOT NULL, org INTEGER NOT NULL, policy TEXT NOT NULL, removed INTEGER NOT NULL,"
	"  PRIMARY KEY (run, org, policy)"
	") STRICT, WITHOUT ROWID;";

/* Version 9: indexes of what came of classes, and of the ledger. */
static const char credit_sql[] =
	"CREATE TABLE class_result ("
	"  person TEXT NOT NULL, class INTEGER NOT NULL, sequence INTEGER NOT NULL REFERENCES journal (sequence),"
	"  home INTEGER NOT NULL, site INTEGER NOT NULL, present_s INTEGER NOT NULL, unproved_s INTEGER NOT NULL, gap_s INTEGER NOT NULL,"
	"  met INTEGER NOT NULL, sent INTEGER NOT NULL, counted_s INTEGER NOT NULL, milli_hours INTEGER NOT NULL, reason TEXT NOT NULL,"
	"  hour_s INTEGER NOT NULL, claim TEXT NOT NULL,"
	"  rule_version INTEGER NOT NULL, began_us INTEGER NOT NULL, day TEXT NOT NULL, window_s INTEGER NOT NULL, day_cap INTEGER NOT NULL, year_cap INTEGER NOT NULL,"
	"  PRIMARY KEY (person, class, sequence)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX class_result_class ON class_result (class, sequence);"
	"CREATE INDEX class_result_home ON class_result (home, day);"
	"CREATE TABLE credit_entry ("
	"  entry INTEGER PRIMARY KEY CHECK (entry > 0),"
	"  sequence INTEGER NOT NULL UNIQUE REFERENCES journal (sequence),"
	"  class INTEGER NOT NULL, person TEXT NOT NULL, home INTEGER NOT NULL, year INTEGER NOT NULL, subject TEXT NOT NULL, kind TEXT NOT NULL,"
	"  milli_hours INTEGER NOT NULL, counted_s INTEGER NOT NULL, day TEXT NOT NULL, reason TEXT NOT NULL,"
	"  reverses INTEGER UNIQUE REFERENCES credit_entry (entry), appeal INTEGER,"
	"  CHECK (iif(reverses IS NULL, milli_hours >= 0 AND counted_s >= 0, milli_hours <= 0 AND counted_s <= 0))"
	") STRICT;"
	"CREATE INDEX credit_entry_person ON credit_entry (person, year);"
	"CREATE INDEX credit_entry_class ON credit_entry (class);"
	"CREATE INDEX audit_merge ON audit (sequence) WHERE act = 'person.merge';";

/* Version 10: secret ballots. A row for each voter until the count, in no order of time; then only in which row of the journal it was counted. */
static const char ballots_sql[] =
	"CREATE TABLE ballot_vote ("
	"  room TEXT NOT NULL, ask INTEGER NOT NULL, voter TEXT NOT NULL, sealed BLOB NOT NULL CHECK (length(sealed) = 64),"
	"  PRIMARY KEY (room, ask, voter)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE ballot_end ("
	"  room TEXT NOT NULL, ask INTEGER NOT NULL, sequence INTEGER NOT NULL REFERENCES journal (sequence),"
	"  PRIMARY KEY (room, ask)"
	") STRICT, WITHOUT ROWID;";

/* Version 11: telephone numbers of organisations. */
static const char phones_sql[] =
	FACT("org_phone", " org INTEGER NOT NULL REFERENCES org (id), phone TEXT NOT NULL,")
	"CREATE UNIQUE INDEX org_phone_now ON org_phone (org)" HOLDS;

/* Version 12: events for others' servers. What is to be sent is named by its row in the journal. */
static const char webhooks_sql[] =
	FACT("webhook", " org INTEGER NOT NULL REFERENCES org (id), url TEXT NOT NULL, events TEXT NOT NULL,")
	"CREATE INDEX webhook_now ON webhook (org)" HOLDS
	"CREATE TABLE webhook_cursor (webhook INTEGER PRIMARY KEY REFERENCES webhook (id), reached INTEGER NOT NULL) STRICT;"
	"CREATE TABLE webhook_delivery ("
	"  webhook INTEGER NOT NULL REFERENCES webhook (id), sequence INTEGER NOT NULL REFERENCES journal (sequence),"
	"  attempts INTEGER NOT NULL, next_us INTEGER NOT NULL, dead_us INTEGER, status INTEGER NOT NULL, error TEXT NOT NULL,"
	"  PRIMARY KEY (webhook, sequence)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX webhook_delivery_due ON webhook_delivery (next_us) WHERE dead_us IS NULL;";

/* Version 13: appeals. What was written stands in the journal. */
static const char appeals_sql[] =
	"CREATE TABLE appeal ("
	"  appeal INTEGER PRIMARY KEY CHECK (appeal > 0),"
	"  class INTEGER NOT NULL, person TEXT NOT NULL, entry INTEGER,"
	"  written INTEGER NOT NULL UNIQUE REFERENCES journal (sequence),"
	"  decided INTEGER UNIQUE REFERENCES journal (sequence), granted INTEGER CHECK (granted IN (0, 1)),"
	"  CHECK ((decided IS NULL) = (granted IS NULL))"
	") STRICT;"
	"CREATE UNIQUE INDEX appeal_waiting ON appeal (person, class) WHERE decided IS NULL;"
	"CREATE INDEX appeal_person ON appeal (person, class);";

/* Version 14: when a class opened and closed, and where its last plan stands, for lists of those that are not in memory any more. */
static const char class_times_sql[] =
	"ALTER TABLE class ADD COLUMN opened_us INTEGER;"
	"ALTER TABLE class ADD COLUMN closed_us INTEGER;"
	"UPDATE class SET opened_us = (SELECT min(wall_us) FROM journal j WHERE j.room = class.room AND kind = 60),"
	"  closed_us = (SELECT min(wall_us) FROM journal j WHERE j.room = class.room AND kind = 63),"
	"  planned_sequence = (SELECT max(sequence) FROM journal j WHERE j.room = class.room AND kind = 50);";

/* Version 15: credit rules of organisations. */
static const char rules_sql[] =
	FACT("credit_rule", " org INTEGER NOT NULL REFERENCES org (id), rule TEXT NOT NULL,")
	"CREATE UNIQUE INDEX credit_rule_now ON credit_rule (org)" HOLDS;

/* Version 16: notices to organisations, and an index of findings. */
static const char findings_sql[] =
	"CREATE TABLE org_notice ("
	"  id INTEGER PRIMARY KEY, org INTEGER NOT NULL, kind TEXT NOT NULL, wall_us INTEGER NOT NULL, act INTEGER NOT NULL REFERENCES journal (sequence),"
	"  class INTEGER NOT NULL, site INTEGER NOT NULL, about INTEGER NOT NULL,"
	"  absent INTEGER NOT NULL, unproved INTEGER NOT NULL, expected INTEGER NOT NULL, sites INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX org_notice_time ON org_notice (wall_us);"
	"CREATE TABLE org_notice_read (account INTEGER PRIMARY KEY REFERENCES account (id), upto INTEGER NOT NULL) STRICT;"
	"CREATE TABLE finding ("
	"  id INTEGER PRIMARY KEY REFERENCES journal (sequence),"
	"  class INTEGER NOT NULL, number INTEGER NOT NULL, site INTEGER NOT NULL, org INTEGER NOT NULL, author TEXT NOT NULL,"
	"  look_us INTEGER NOT NULL, written_us INTEGER NOT NULL,"
	"  answer INTEGER REFERENCES journal (sequence), answered_us INTEGER, answerer TEXT,"
	"  UNIQUE (class, number)"
	") STRICT;";

/* Version 17: of a twin, the act by which it became another's record. Its payload goes when the person is forgotten. */
static const char merges_sql[] =
	"ALTER TABLE person ADD COLUMN merged_act INTEGER REFERENCES journal (sequence);"
	"UPDATE person SET merged_act = (SELECT max(a.sequence) FROM audit a JOIN journal_payload p USING (sequence)"
	" WHERE a.act = 'person.merge' AND json_extract(p.payload, '$.detail.from') = person.id) WHERE merged_into IS NOT NULL;"
	"DROP INDEX audit_merge;";

static const struct migration migrations[] = {
	{ "journal", journal_sql },
	{ "organisations, accounts, rooms, sessions", directory_sql },
	{ "persons, grants, policies, audit", people_sql },
	{ "devices, links", links_sql },
	{ "requests that are done", requests_sql },
	{ "classes", classes_sql },
	{ "mapping profiles of imports", profiles_sql },
	{ "erasing by days", retention_sql },
	{ "results of classes, credit", credit_sql },
	{ "secret ballots", ballots_sql },
	{ "telephone numbers of organisations", phones_sql },
	{ "webhooks", webhooks_sql },
	{ "appeals", appeals_sql },
	{ "times of classes", class_times_sql },
	{ "credit rules of organisations", rules_sql },
	{ "notices, findings", findings_sql },
	{ "acts that merged twins", merges_sql },
};

const struct migration *schema_migrations(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(migrations);
	return migrations;
}

int schema_version(sqlite3 *db, int *ret)
{
	int64_t id, tables, version;
	int r = db_get_int(db, "PRAGMA application_id", &id);

	if (r < 0)
		return r;
	if (id != SCHEMA_APPLICATION_ID) {
		r = db_get_int(db, "SELECT count(*) FROM sqlite_schema", &tables);
		if (r < 0)
			return r;
		if (id != 0 || tables > 0)
			return -EBADMSG;
		*ret = 0;
		return 0;
	}
	r = db_get_int(db, "SELECT coalesce(max(version), 0) FROM schema_version", &version);
	if (r < 0)
		return r == -EIO ? -EBADMSG : r;
	*ret = (int)version;
	return 0;
}

static int begin(sqlite3 *db, int version)
{
	int r = db_exec(db, "BEGIN IMMEDIATE");

	if (r < 0 || version > 1)
		return r;
	return db_exec(db, "PRAGMA application_id = " TEXT(SCHEMA_APPLICATION_ID) ";"
	                   "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, what TEXT NOT NULL, applied_us INTEGER NOT NULL) STRICT;");
}

static int note_version(sqlite3 *db, int version, const char *what)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "INSERT INTO schema_version VALUES (?, ?, ?)");

	if (r < 0)
		return r;
	r = db_bind(st, "iti", (int64_t)version, what, clock_wall_us());
	return r < 0 ? r : db_run(st);
}

static int apply(sqlite3 *db, int version, const struct migration *m)
{
	int code;
	int r = begin(db, version);

	if (r == 0) {
		code = sqlite3_exec(db, m->sql, NULL, NULL, NULL);
		r = code == SQLITE_ERROR ? -EINVAL : db_errno(code);
	}
	if (r == 0)
		r = note_version(db, version, m->what);
	if (r == 0)
		r = db_exec(db, "COMMIT");
	if (r < 0)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

int schema_migrate(sqlite3 *db, const struct migration *list, size_t n, int *ret_version)
{
	int version;
	int r = schema_version(db, &version);

	if (r < 0)
		return r;
	*ret_version = version;
	if ((size_t)version > n)
		return -EPROTO;
	for (; (size_t)version < n; version++) {
		r = apply(db, version + 1, &list[version]);
		if (r < 0)
			return r;
	}
	return 0;
}
