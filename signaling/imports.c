/* See imports.h. */
#include "signaling/imports.h"

#include <errno.h>
#include <ev.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/clock.h"
#include "media/base/hash.h"
#include "media/base/mem.h"
#include "signaling/acts.h"
#include "signaling/card_numbers.h"
#include "signaling/server.h"
#include "signaling/table_jobs.h"

#define LIFE_US (3600LL * 1000000)
#define SLICE_US 4000                   /* of planning, then others have their turn */
#define SLICE_ROWS 20                   /* between looks at the clock */
#define TABLES_BYTES_MAX (256U << 20)   /* of all imports together */

struct imports {
	struct import_run *runs;        /* owned, oldest first */
	int64_t last_id;
	struct import_run *planning;    /* whose turn it is, while it plans */
	int64_t grant;                  /* that allows it */
	struct ev_timer slice;
};

static void on_slice(struct ev_loop *loop, struct ev_timer *w, int revents);

static struct import_run *run_free(struct import_run *r)
{
	import_end(r->import);
	table_destroy(r->table);
	mapping_profile_destroy(r->profile);
	json_decref(r->headers);
	json_decref(r->sheets);
	mem_free(r->bytes);
	mem_free(r->problems);
	return mem_free(r);
}

int imports_create(struct imports **ret, struct server *s)
{
	struct imports *i = mem_zalloc(sizeof(*i));

	if (!i)
		return -ENOMEM;
	ev_timer_init(&i->slice, on_slice, 0, 0);
	i->slice.data = s;
	i->last_id = clock_wall_us() / 1000;    /* a page of before a restart does not find another's import under its number */
	*ret = i;
	return 0;
}

struct imports *imports_destroy(struct imports *i)
{
	struct import_run *r, *next;

	if (!i)
		return NULL;
	DL_FOREACH_SAFE(i->runs, r, next)
		run_free(r);
	return mem_free(i);
}

/* ---- which there are ---- */

static struct import_run *find_any(struct server *s, int64_t id)
{
	struct import_run *r;

	DL_FOREACH(s->imports->runs, r)
		if (r->id == id)
			return r;
	return NULL;
}

struct import_run *imports_find(struct server *s, int64_t account, int64_t id)
{
	struct import_run *r = find_any(s, id);

	return r && r->account == account && !r->dropped ? r : NULL;
}

struct import_run *imports_next(struct server *s, int64_t account, const struct import_run *after)
{
	struct import_run *r, *best = NULL;

	DL_FOREACH(s->imports->runs, r)
		if (r->account == account && !r->dropped && (!after || r->id < after->id))
			best = r;
	return best;
}

static void forget(struct server *s, struct import_run *r)
{
	DL_DELETE(s->imports->runs, r);
	run_free(r);
}

/* In its turn it goes when that ends; while it is read or waits, the answer finds nobody. */
void imports_drop(struct server *s, struct import_run *run)
{
	run->dropped = true;
	if (!run->in_turn)
		forget(s, run);
}

static bool names(const struct import_run *r, const char *name)
{
	for (size_t row = 0; r->table && row < table_rows(r->table); row++)
		for (uint32_t column = 1; column <= table_row_columns(r->table, row); column++)
			if (strstr(table_cell(r->table, row, column).text, name))
				return true;
	return false;
}

void imports_forget(struct server *s, const char *name)
{
	struct import_run *r, *next;

	DL_FOREACH_SAFE(s->imports->runs, r, next)
		if (r->state == IMPORT_DONE || r->state == IMPORT_FAILED || (*name && names(r, name)))
			imports_drop(s, r);
}

void imports_on_second(struct server *s)
{
	struct import_run *r, *next;

	DL_FOREACH_SAFE(s->imports->runs, r, next)
		if (clock_wall_us() - r->begun_us > LIFE_US && !r->in_turn)
			forget(s, r);
}

/* ---- reading ---- */

static void set_hash(struct import_run *r, const char *bytes, size_t len)
{
	uint8_t digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, (const uint8_t *)bytes, len);
	sodium_bin2hex(r->hash, sizeof(r->hash), digest, sizeof(digest));
}

static bool is_full(struct server *s, int64_t account, bool *ret_own)
{
	unsigned all = 0, own = 0;
	struct import_run *r;

	DL_FOREACH(s->imports->runs, r) {
		all++;
		own += r->account == account;
	}
	*ret_own = own >= IMPORTS_OF_ACCOUNT_MAX;
	return *ret_own || all >= IMPORTS_MAX;
}

/* What is written or was refused is of the past: the oldest gives way to what comes. `account` 0: anybody's. */
static struct import_run *find_past(struct server *s, int64_t account)
{
	struct import_run *r, *best = NULL;

	DL_FOREACH(s->imports->runs, r)
		if ((!account || r->account == account) && !r->in_turn && (r->state == IMPORT_DONE || r->state == IMPORT_FAILED) && (!best || r->id < best->id))
			best = r;
	return best;
}

static int make_room(struct server *s, int64_t account)
{
	struct import_run *past;
	bool is_own;

	while (is_full(s, account, &is_own)) {
		past = find_past(s, is_own ? account : 0);
		if (!past)
			return -EBUSY;
		forget(s, past);
	}
	return 0;
}

/* Takes *bytes, not on an error. */
static int begin_reading(struct server *s, const struct import_run *r, char **bytes, size_t len)
{
	struct table_job *j = table_job_new();
	int e;

	if (!j)
		return -ENOMEM;
	j->type = TABLE_JOB_READ;
	j->ticket = (uint64_t)r->id;
	j->bytes = STEAL(*bytes);
	j->len = len;
	memcpy(j->sheet, r->sheet, sizeof(j->sheet));
	e = table_jobs_add(s->table_jobs, j);
	if (e < 0) {
		*bytes = STEAL(j->bytes);
		table_job_free(j);
	}
	return e == -EBUSY ? -ENOBUFS : e;
}

/* One that cannot be read any more is as good as none: then the headers say what they mean. */
static void take_headers(struct import_run *r, const char *headers)
{
	struct table_problem ignored = { 0 };

	if (headers && mapping_profile_read(&r->profile, r->kind, headers, strlen(headers), &ignored) == 0)
		r->headers = json_loads(headers, 0, NULL);
}

int imports_begin(struct server *s, const struct import_run *given, const char *headers, char *bytes, size_t len, struct import_run **ret)
{
	struct import_run *r = NULL;
	int e = make_room(s, given->account);

	if (e == 0)
		r = mem_zalloc(sizeof(*r));
	if (!r) {
		mem_free(bytes);
		return e < 0 ? e : -ENOMEM;
	}
	*r = *given;
	r->id = ++s->imports->last_id;
	r->begun_us = clock_wall_us();
	r->problems = mem_zalloc(sizeof(*r->problems));
	set_hash(r, bytes, len);
	take_headers(r, headers);
	e = r->problems ? begin_reading(s, r, &bytes, len) : -ENOMEM;
	if (e < 0) {
		mem_free(bytes);
		run_free(r);
		return e;
	}
	DL_APPEND(s->imports->runs, r);
	*ret = r;
	return 0;
}

static void fail(struct import_run *r, const char *error)
{
	r->state = IMPORT_FAILED;
	r->error = error;
}

/* ---- planning, in its turn ---- */

static struct import_run *leave_turn(struct server *s, struct import_run *r)
{
	r->in_turn = false;
	if (!r->dropped)
		return r;
	forget(s, r);
	return NULL;
}

/* What was understood all the same, so that people can correct it; without any header that of the row that looks most like one. */
static void find_columns(const struct directory *directory, struct import_run *r)
{
	struct mapping *m = &r->mapping;

	memset(r->problems, 0, sizeof(*r->problems));
	memset(m, 0, sizeof(*m));
	mapping_find(m, r->table, r->kind, r->profile, import_needs_org(directory, r->kind, r->org), r->problems);
	if (r->problems->n == 0 || r->problems->all[0].fault != TABLE_NO_HEADER)
		return;
	memset(m, 0, sizeof(*m));
	m->header = mapping_guess_header(r->table);
	for (uint32_t c = 1; c <= mapping_header_columns(r->table, m->header); c++)
		if (mapping_header(r->table, m->header, c).len > 0)
			m->ignored[m->n_ignored++] = c;
}

static int begin_import(struct server *s, struct import_run *r, const struct principal *who)
{
	const struct card_key *key = NULL;
	struct import_cfg cfg = { .directory = s->directory, .who = who, .org = r->org, .profile = r->profile, .person_kind = r->person_kind, .now_us = clock_wall_us() };
	int e;

	if (r->kind == TABLE_PEOPLE && card_numbers_key(s, &key) == 0)
		cfg.card_key = key;
	r->import = import_end(r->import);
	memset(r->problems, 0, sizeof(*r->problems));
	e = import_begin(&r->import, &cfg, r->kind, r->table, r->problems);
	if (e == -EBADMSG)
		find_columns(s->directory, r);
	else if (e == 0)
		r->mapping = *import_mapping(r->import);
	if (e < 0)
		fail(r, e == -EBADMSG ? "table" : "overloaded");
	return e;
}

/* Who began it may have lost the right meanwhile, or the account. */
static void begin_turn(struct server *s, const void *data)
{
	const int64_t *id = data;
	struct import_run *r = find_any(s, *id);
	struct principal who = principal_of(s->directory, r ? r->account : 0);

	if (r && (!who.account || may(s->directory, &who, ACT_IMPORT_RUN, target_org(r->org), clock_wall_us(), &s->imports->grant) < 0)) {
		fail(r, "forbidden");
		r = NULL;
	}
	if (!r || begin_import(s, r, &who) < 0) {
		acts_pass(s);
		return;
	}
	r->in_turn = true;
	s->imports->planning = r;
	ev_timer_set(&s->imports->slice, 0, 0);
	ev_timer_start(s->loop, &s->imports->slice);
}

static void on_written(struct server *s, const void *data, int64_t sequence, int error)
{
	const int64_t *id = data;
	struct import_run *r = find_any(s, *id);

	(void)sequence;
	if (error)
		fail(r, error == -EINVAL ? "conflict" : "not_recorded");
	else
		r->state = IMPORT_DONE;
	leave_turn(s, r);
}

static json_t *write_detail(const struct import_run *r)
{
	json_t *j = json_pack("{s:s, s:s, s:s}", "kind", r->kind == TABLE_PEOPLE ? "people" : "organisations", "file", r->file, "sha256", r->hash);

	for (int f = 0; f < IMPORT_FATES; f++)
		json_object_set_new(j, import_fate_name((enum import_fate)f), json_integer((json_int_t)import_count(r->import, (enum import_fate)f)));
	return j;
}

static int name_act(struct server *s, const struct import_run *r, struct changes *changes)
{
	struct act a = act_by(s->directory, directory_account(s->directory, r->account), act_kind_name(ACT_IMPORT_RUN));
	json_t *detail = write_detail(r);
	char *text = detail ? json_dumps(detail, JSON_COMPACT) : NULL;
	int e = -ENOMEM;

	a.grant = s->imports->grant;
	a.org = r->org;
	a.detail = text;
	if (text)
		e = changes_set_act(changes, &a);
	free(text);
	json_decref(detail);
	return e;
}

/* True: it is on its way to the disk, and on_written() ends the turn. */
static bool post(struct server *s, struct import_run *r)
{
	struct changes *changes = import_take_changes(r->import);

	if (r->dropped || changes_n(changes) == 0) {
		r->state = IMPORT_DONE;
		changes_destroy(changes);
		return false;
	}
	if (name_act(s, r, changes) < 0)
		changes_destroy(changes);
	else if (acts_post(s, changes, on_written, &r->id, sizeof(r->id)) == 0)
		return true;
	fail(r, "overloaded");
	return false;
}

static void end_turn(struct server *s, struct import_run *r)
{
	s->imports->planning = NULL;
	if (r->state == IMPORT_APPLYING && post(s, r))
		return;
	if (r->state == IMPORT_PLANNING) {
		r->state = IMPORT_PLANNED;
		changes_destroy(import_take_changes(r->import));
	}
	leave_turn(s, r);
	acts_pass(s);
}

static void on_slice(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct server *s = w->data;
	struct import_run *r = s->imports->planning;
	int64_t end_us = clock_boot_us() + SLICE_US;
	int e = r->dropped ? 1 : 0;

	(void)revents;
	while (e == 0 && clock_boot_us() < end_us)
		e = import_step(r->import, SLICE_ROWS);
	if (e < 0)
		fail(r, "overloaded");
	if (e != 0) {
		end_turn(s, r);
		return;
	}
	ev_timer_set(w, 0, 0);
	ev_timer_start(loop, w);
}

static int enqueue(struct server *s, struct import_run *r, enum import_state state)
{
	enum import_state before = r->state;
	int e;

	r->state = state;
	r->error = NULL;
	e = acts_enqueue(s, begin_turn, &r->id, sizeof(r->id));
	if (e < 0)
		r->state = before;
	return e;
}

/* ---- orders ---- */

static size_t tables_bytes(const struct server *s)
{
	const struct import_run *r;
	size_t n = 0;

	DL_FOREACH(s->imports->runs, r)
		n += (r->table ? table_bytes(r->table) : 0) + (r->bytes ? r->len : 0);
	return n;
}

/* What another sheet is read from, while there is room for it: else the file is sent once more. */
static void keep_workbook(const struct server *s, struct import_run *r, struct table_job *job)
{
	size_t n = 0;
	const char *const *names = job->table ? table_sheets(job->table, &n) : NULL;

	if (!r->sheets) {
		r->sheets = json_array();
		for (size_t i = 0; i < n; i++)
			json_array_append_new(r->sheets, json_string(names[i]));
	}
	if (json_array_size(r->sheets) < 2 || tables_bytes(s) + job->len > TABLES_BYTES_MAX)
		return;
	r->bytes = STEAL(job->bytes);
	r->len = job->len;
}

void imports_on_read(struct server *s, struct table_job *job)
{
	struct import_run *r = find_any(s, (int64_t)job->ticket);

	if (!r)
		return;
	keep_workbook(s, r, job);
	if (job->error == -EBADMSG)
		table_problems_add(r->problems, &job->problem);
	if (job->error < 0) {
		fail(r, job->error == -EBADMSG ? "table" : "overloaded");
		return;
	}
	if (tables_bytes(s) + table_bytes(job->table) > TABLES_BYTES_MAX) {
		fail(r, "overloaded");
		return;
	}
	r->table = STEAL(job->table);
	if (enqueue(s, r, IMPORT_PLANNING) < 0)
		fail(r, "overloaded");
}

int imports_map(struct server *s, struct import_run *run, json_t *headers, const char *person_kind, struct table_problem *err)
{
	struct mapping_profile *profile = NULL;
	char *text = headers ? json_dumps(headers, JSON_COMPACT) : NULL;
	int e = 0;

	if ((run->state != IMPORT_PLANNED && run->state != IMPORT_FAILED) || !run->table)
		e = -EINVAL;
	else if (headers)
		e = text ? mapping_profile_read(&profile, run->kind, text, strlen(text), err) : -ENOMEM;
	free(text);
	if (e < 0) {
		json_decref(headers);
		return e;
	}
	mapping_profile_destroy(run->profile);
	run->profile = profile;
	json_decref(run->headers);
	run->headers = headers;
	if (person_kind)
		snprintf(run->person_kind, sizeof(run->person_kind), "%s", person_kind);
	return enqueue(s, run, IMPORT_PLANNING);
}

static bool has_sheet(const struct import_run *run, const char *sheet)
{
	for (size_t i = 0; i < json_array_size(run->sheets); i++)
		if (strcmp(json_string_value(json_array_get(run->sheets, i)), sheet) == 0)
			return true;
	return false;
}

int imports_read_sheet(struct server *s, struct import_run *run, const char *sheet)
{
	char before[SHEET_NAME_BYTES];
	int e;

	if ((run->state != IMPORT_PLANNED && run->state != IMPORT_FAILED) || !run->bytes || !has_sheet(run, sheet))
		return -EINVAL;
	memcpy(before, run->sheet, sizeof(before));
	snprintf(run->sheet, sizeof(run->sheet), "%s", sheet);
	e = begin_reading(s, run, &run->bytes, run->len);
	if (e < 0) {
		memcpy(run->sheet, before, sizeof(before));
		return e;
	}
	run->import = import_end(run->import);
	run->table = table_destroy(run->table);
	memset(run->problems, 0, sizeof(*run->problems));
	memset(&run->mapping, 0, sizeof(run->mapping));
	run->error = NULL;
	run->state = IMPORT_READING;
	return 0;
}

int imports_apply(struct server *s, struct import_run *run)
{
	return run->state == IMPORT_PLANNED ? enqueue(s, run, IMPORT_APPLYING) : -EINVAL;
}
