/* See past_world.h. */
#include "signaling/past_world.h"

#include <errno.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "media/base/hash.h"
#include "media/base/log.h"
#include "signaling/acts.h"
#include "signaling/api.h"
#include "signaling/audit_note.h"
#include "signaling/findings.h"
#include "signaling/look_board.h"
#include "signaling/meeting.h"
#include "signaling/notices.h"
#include "signaling/random.h"
#include "signaling/reads.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"
#include "signaling/sitting.h"
#include "signaling/sitting_clock.h"
#include "signaling/tickets.h"

#define PATIENCE_S 120          /* for the disk, by the machine's clock */

/* Who is signed in. */
struct entrant {
	int64_t account, until_us;
	char token[SESSION_TOKEN_BYTES];
	UT_hash_handle hh;
};

struct world {
	struct clock_elsewhen now;
	int64_t began_us;
	struct config config;
	struct server *server;          /* owned */
	struct entrant *entrants;       /* owned, by account */
	int wake_fd;
	char etag[80];                  /* of the last reply */
};

/* ---- time ---- */

void world_go(struct world *w, int64_t wall_us)
{
	if (wall_us > w->now.wall_us)
		w->now.wall_us = wall_us;
	w->now.boot_us = w->now.wall_us - w->began_us + WORLD_MINUTE_US;
}

struct instant world_now(const struct world *w)
{
	return (struct instant){ .wall_us = w->now.wall_us, .boot_us = w->now.boot_us };
}

/* A boot of its own, so that nobody subtracts its times from those of another. */
static void begin_clocks(struct world *w, int64_t wall_us)
{
	char hex[33];

	random_hex(hex, 16);
	snprintf(w->now.boot_id, sizeof(w->now.boot_id), "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
	w->began_us = wall_us;
	world_go(w, wall_us);
	clock_live_in(&w->now);
}

/* ---- what other threads report ---- */

static void wake(void *user)
{
	const struct world *w = user;
	uint64_t one = 1;
	ssize_t ignored = write(w->wake_fd, &one, sizeof(one));

	(void)ignored;
}

static void on_done(void *user, uint64_t ticket, int64_t sequence, int error)
{
	struct server *s = user;

	tickets_done(s->tickets, s, ticket, sequence, error);
}

static void on_read(void *user, uint64_t ticket, const char *text, int error)
{
	struct request *q = server_find_request(user, ticket);

	if (!reads_on_read(user, ticket, text, error) && q && q->on_read)
		q->on_read(q, text, error);
}

static void dispatch(struct world *w, int wait_ms)
{
	static const struct store_events events = { .on_done = on_done, .on_read = on_read };
	struct pollfd p = { .fd = w->wake_fd, .events = POLLIN };
	uint64_t seen;
	ssize_t ignored;

	if (poll(&p, 1, wait_ms) > 0) {
		ignored = read(w->wake_fd, &seen, sizeof(seen));
		(void)ignored;
	}
	store_dispatch(w->server->store, &events, w->server);
}

void world_tick(struct world *w)
{
	sittings_on_second(w->server, world_now(w));
	dispatch(w, 0);
}

static time_t patience(void)
{
	return time(NULL) + PATIENCE_S;
}

int world_wait(struct world *w, bool (*is_so)(const void *user), const void *user)
{
	time_t end = patience();

	for (; !is_so(user); dispatch(w, 100)) {
		if (time(NULL) > end)
			return -ETIME;
		sittings_on_second(w->server, world_now(w));
	}
	return 0;
}

/* ---- asking ---- */

static const char *token_of(struct world *w, int64_t account)
{
	struct entrant *e;

	HASH_FIND(hh, w->entrants, &account, sizeof(account), e);
	if (e && e->until_us > w->now.wall_us)
		return e->token;
	if (!e) {
		e = mem_zalloc(sizeof(*e));
		if (!e)
			return NULL;
		e->account = account;
		HASH_ADD(hh, w->entrants, account, sizeof(e->account), e);
		if (!HASH_ADDED(hh, e)) {
			mem_free(e);
			return NULL;
		}
	}
	if (session_open(w->server->store, e->token, account, w->now.wall_us, 0) < 0)
		return NULL;
	e->until_us = w->now.wall_us + SESSION_LIFE_US;
	return e->token;
}

static struct request *make_request(struct world *w, int64_t account, enum http_method method, const char *path, json_t *body)
{
	const char *token = token_of(w, account);
	struct request *q = token ? mem_zalloc(sizeof(*q)) : NULL;
	char cookie[160], *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

	if (q) {
		q->server = w->server;
		q->serial = ++w->server->next_serial;
		q->method = method;
		q->headers = mem_calloc(HTTP_MAX_HEADERS, sizeof(*q->headers));
		snprintf(q->path, sizeof(q->path), API_ROOT "%s", path);
		snprintf(q->if_match, sizeof(q->if_match), "%s", method == HTTP_PUT ? w->etag : "");
		snprintf(cookie, sizeof(cookie), "%s=%s", sign_in_cookie_name(w->server->config, SIGN_IN_COOKIE), token);
		q->cookie = mem_strdup(cookie);
		q->body = text ? mem_strdup(text) : NULL;
		q->body_len = text ? strlen(text) : 0;
		server_keep_request(w->server, q);
	}
	free(text);
	json_decref(body);
	return q && q->headers && q->cookie && (q->body || !q->body_len) ? q : http_request_destroy(q);
}

static void keep_etag(struct world *w, const struct request *q)
{
	for (size_t i = 0; i < q->n_headers; i++)
		if (strcmp(q->headers[i].name, "etag:") == 0)
			snprintf(w->etag, sizeof(w->etag), "%.*s", (int)sizeof(w->etag) - 1, q->headers[i].value);
}

static int read_reply(struct world *w, const struct request *q, json_t **ret_reply)
{
	if (q->status >= 400) {
		log_event(LOG_ERROR, "past.refused path=%s status=%d why=%.*s", q->path, q->status, q->content ? (int)q->content->len : 0, q->content ? q->content->data : "");
		return -EPROTO;
	}
	keep_etag(w, q);
	if (ret_reply)
		*ret_reply = q->content ? json_loadb(q->content->data, q->content->len, 0, NULL) : NULL;
	return 0;
}

int world_ask(struct world *w, int64_t account, enum http_method method, const char *path, json_t *body, json_t **ret_reply)
{
	struct request *q = make_request(w, account, method, path, body);
	time_t end = patience();
	int r;

	if (!q)
		return -ENOMEM;
	for (api_handle(q); !q->replied && time(NULL) <= end;)
		dispatch(w, 100);
	r = q->replied ? read_reply(w, q, ret_reply) : -ETIME;
	http_request_destroy(q);
	return r;
}

int64_t world_account(struct world *w, const char *login)
{
	const struct account *a = directory_login(w->server->directory, login);

	return a ? a->id : 0;
}

struct server *world_server(struct world *w)
{
	return w->server;
}

/* ---- life ---- */

static int open_store(struct world *w)
{
	struct store_cfg cfg = { .dir = w->config.data, .erasure_list = w->config.erasures, .ballot_keys = w->config.ballot_keys, .demo = true, .demo_members = true, .draft = true, .wake = wake, .user = w };
	struct server *s = w->server;
	char err[STORE_ERROR_BYTES] = "";
	int r = store_open(&s->store, &cfg, err);

	if (r < 0) {
		log_event(LOG_ERROR, "past.store err=%d", r);
		return r;
	}
	s->directory = store_directory(s->store);
	store_token_key(s->store, s->token_key);
	random_hex(s->epoch, (SERVER_EPOCH_BYTES - 1) / 2);
	return 0;
}

static int open_server(struct world *w)
{
	struct server *s = w->server = mem_zalloc(sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->config = &w->config;
	s->loop = ev_loop_new(EVFLAG_AUTO);
	r = s->loop ? server_create_counters(s) : -ENOMEM;
	r = r < 0 ? r : tickets_create(&s->tickets);
	r = r < 0 ? r : acts_create(&s->acts);
	r = r < 0 ? r : open_store(w);
	r = r < 0 ? r : notices_create(s);
	r = r < 0 ? r : findings_create(s);
	return r < 0 ? r : store_start(s->store);
}

int world_create(struct world **ret, const struct config *config, const char *dir, int64_t wall_us)
{
	struct world *w = mem_zalloc(sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->config = *config;
	snprintf(w->config.data, sizeof(w->config.data), "%s", dir);
	w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	begin_clocks(w, wall_us);
	r = w->wake_fd < 0 ? -errno : open_server(w);
	if (r < 0) {
		world_destroy(w);
		return r;
	}
	*ret = w;
	return 0;
}

static void sign_all_out(struct world *w)
{
	struct entrant *e, *next;

	HASH_ITER(hh, w->entrants, e, next) {
		session_close(w->server->store, e->token);
		HASH_DEL(w->entrants, e);
		sodium_memzero(e->token, sizeof(e->token));
		mem_free(e);
	}
}

static void close_server(struct world *w)
{
	struct server *s = w->server;
	struct meeting *m, *next;

	sign_all_out(w);
	HASH_ITER(hh, s->meetings, m, next) {
		HASH_DEL(s->meetings, m);
		meeting_destroy(m);
	}
	sittings_destroy(s);
	notices_destroy(s);
	findings_destroy(s);
	reads_destroy(s);
	store_close(s->store);
	audit_notes_drop(s);
	look_boards_drop(s);
	tickets_destroy(s->tickets);
	acts_destroy(s->acts);
	counters_destroy(s->counters);
	if (s->loop)
		ev_loop_destroy(s->loop);
	mem_free(s);
}

struct world *world_destroy(struct world *w)
{
	if (!w)
		return NULL;
	if (w->server)
		close_server(w);
	if (w->wake_fd >= 0)
		close(w->wake_fd);
	clock_live_in(NULL);
	return mem_free(w);
}
