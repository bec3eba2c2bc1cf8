/* Start, dispatch, stop. */
#include "media/base/hash.h"
#include "signaling/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "attendance/card_key.h"
#include "media/base/clock.h"
#include "media/base/log.h"
#include "media/dtls.h"
#include "signaling/acts.h"
#include "signaling/addresses.h"
#include "signaling/audit_note.h"
#include "signaling/client.h"
#include "signaling/companion.h"
#include "signaling/exports.h"
#include "signaling/findings.h"
#include "signaling/imports.h"
#include "signaling/line_counters.h"
#include "signaling/listener.h"
#include "signaling/look_record.h"
#include "signaling/look_tell.h"
#include "signaling/looker.h"
#include "signaling/meeting.h"
#include "signaling/notices.h"
#include "signaling/oidc.h"
#include "signaling/openapi.h"
#include "signaling/password_check.h"
#include "signaling/past.h"
#include "signaling/random.h"
#include "signaling/reads.h"
#include "signaling/recovery.h"
#include "signaling/room_right.h"
#include "signaling/seat_right.h"
#include "signaling/session_check.h"
#include "signaling/sitting.h"
#include "signaling/sign_in.h"
#include "signaling/sitting_clock.h"
#include "signaling/socket.h"
#include "signaling/static_file.h"
#include "signaling/table_jobs.h"
#include "signaling/tickets.h"
#include "signaling/watch_right.h"
#include "signaling/webhooks.h"
#include "signaling/wire.h"

#define FILES_OPEN 16384        /* libwebsockets sizes its tables by the limit: neither 1,024 nor a million */
#define ALIVE_S 5.0
#define CONTROL_NICE 5          /* a third of what a media thread gets where there is not enough for both */
#define CLOSING_S 0.3           /* for the last words to leave */
#define SIGN_IN_EVERY_US 1000000
#define SIGN_IN_BURST 20        /* wrong ones */
#define SIGN_IN_ALL_EVERY_US 100000
#define SIGN_IN_ALL_BURST 200
#define SIGN_IN_ADDRESSES 10000 /* entries; wrong passwords take argon2 time, so that they never are so many at once */
#define COMPANION_EVERY_US 2000000
#define COMPANION_BURST 100     /* a hall full of phones has one address */
#define WALL_EVERY_US 1000000
#define WALL_BURST 12           /* the page of each of its walls comes back, some twice */
#define WALL_ACCOUNTS 10000
#define LOOK_CHECK_EVERY_US 60000000
#define LOOK_CHECK_BURST 2
#define ADDRESS_TEXT_BYTES (INET6_ADDRSTRLEN + 10)

struct instant server_now(void)
{
	return (struct instant){ .wall_us = clock_wall_us(), .boot_us = clock_boot_us() };
}

bool server_records(const struct server *s)
{
	return store_state(s->store) == STORE_OK;
}

struct meeting *server_find_meeting(const struct server *s, const char *id)
{
	struct meeting *m;

	HASH_FIND_STR(s->meetings, id, m);
	return m;
}

struct meeting *server_meeting(struct server *s, const char *room)
{
	struct meeting *m = server_find_meeting(s, room);
	char org[SEAT_ORG_BYTES];
	struct room_place place;

	if (m || !room_place(s, room, &place))
		return m;
	directory_org_path(s->directory, place.org, org, sizeof(org));
	if (meeting_create(&m, s, room, place.title, org, place.lobby) < 0)
		return NULL;
	HASH_ADD_STR(s->meetings, id, m);
	return HASH_ADDED(hh, m) ? m : meeting_destroy(m);
}

void server_rights_changed(struct server *s)
{
	s->rights_round++;
	s->rights_us = clock_wall_us();
	sessions_check(s);
	seat_rights_check(s);
	walls_update(s, NULL);
	look_tell_all(s);
}

/* A grant, membership or policy begins or ends by the clock, without an act. */
static void check_time(struct server *s)
{
	if (s->edge_round == s->rights_round && s->rights_edge_us <= clock_wall_us())
		server_rights_changed(s);
	if (s->edge_round == s->rights_round)
		return;
	s->rights_edge_us = directory_next_edge_us(s->directory, s->rights_us);
	s->edge_round = s->rights_round;
}

void server_keep_request(struct server *s, struct request *q)
{
	HASH_ADD(hh, s->requests, serial, sizeof(q->serial), q);
}

void server_forget_request(struct server *s, struct request *q)
{
	if (s && HASH_ADDED(hh, q))
		HASH_DEL(s->requests, q);
}

struct request *server_find_request(struct server *s, uint64_t serial)
{
	struct request *q;

	HASH_FIND(hh, s->requests, &serial, sizeof(serial), q);
	return q;
}

void server_keep_socket(struct server *s, struct socket *k)
{
	HASH_ADD(hh, s->sockets, serial, sizeof(k->serial), k);
}

void server_forget_socket(struct server *s, struct socket *k)
{
	if (HASH_ADDED(hh, k))
		HASH_DEL(s->sockets, k);
}

struct socket *server_find_socket(struct server *s, uint64_t serial)
{
	struct socket *k;

	HASH_FIND(hh, s->sockets, &serial, sizeof(serial), k);
	return k;
}

/* Any thread. */
static void wake(void *user)
{
	struct server *s = user;

	ev_async_send(s->loop, &s->wake);
}

static void on_media_event(void *user, const struct media_event *ev)
{
	struct client *c = client_by_path(user, ev->path);
	struct wall *w = c ? NULL : wall_by_path(user, ev->path);

	if (c)
		meeting_on_media(c->meeting, c, ev);
	else if (w)
		wall_on_media(w, ev);
}

static void on_store_done(void *user, uint64_t ticket, int64_t sequence, int error)
{
	struct server *s = user;

	tickets_done(s->tickets, s, ticket, sequence, error);
}

static void on_store_state(void *user, enum store_state state)
{
	struct server *s = user;
	struct meeting *m, *next;

	log_event(state == STORE_OK ? LOG_INFO : LOG_ERROR, "store.state state=%s", state == STORE_OK ? "ok" : "failing");
	HASH_ITER(hh, s->meetings, m, next)
		meeting_broadcast(m, "journal.state", json_pack("{s:s}", "state", wire_record_state(state == STORE_OK)));
	for (struct sitting *t = NULL; (t = sitting_next(s, t));)
		companions_touch(t);
}

/* A question's ticket is the request that asked it. */
static void on_store_read(void *user, uint64_t ticket, const char *text, int error)
{
	struct request *q = server_find_request(user, ticket);

	if (reads_on_read(user, ticket, text, error))
		return;
	if (q && q->on_read)
		q->on_read(q, text, error);
}

static void take_tables(struct server *s)
{
	struct table_job *j;

	while ((j = table_jobs_take(s->table_jobs))) {
		if (j->type == TABLE_JOB_READ)
			imports_on_read(s, j);
		else
			exports_on_written(s, j);
		table_job_free(j);
	}
}

static void on_verdict(struct server *s, const struct password_verdict *v)
{
	struct request *q = server_find_request(s, v->request);

	if (q && v->busy)
		sign_in_refuse_busy(q);
	else if (q && q->on_password)
		q->on_password(q, v);
}

static void on_wake(struct ev_loop *loop, struct ev_async *w, int revents)
{
	static const struct store_events store_events = { .on_done = on_store_done, .on_state = on_store_state, .on_read = on_store_read };
	struct server *s = w->data;
	struct password_verdict v;

	(void)loop;
	(void)revents;
	media_dispatch(s->media, on_media_event, s);
	store_dispatch(s->store, &store_events, s);
	while (password_check_take(s->passwords, &v))
		on_verdict(s, &v);
	oidc_dispatch(s);
	take_tables(s);
	webhooks_dispatch(s);
	log_drain();
}

static void on_second(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct server *s = w->data;
	struct meeting *m, *next;
	struct socket *k, *next_socket;

	(void)loop;
	(void)revents;
	check_time(s);
	HASH_ITER(hh, s->meetings, m, next)
		meeting_on_second(m, clock_boot_us());
	walls_on_second(s, clock_boot_us());
	HASH_ITER(hh, s->sockets, k, next_socket)
		socket_on_second(k, clock_boot_us());
	listener_on_second(s);
	imports_on_second(s);
	sittings_on_second(s, server_now());
	lookers_on_second(s);
	listener_reload_tls(s, false);
	log_drain();
}

static void on_alive(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct server *s = w->data;
	struct meeting *m, *next;

	(void)loop;
	(void)revents;
	HASH_ITER(hh, s->meetings, m, next)
		meeting_on_alive(m, clock_boot_us());
	sessions_check(s);      /* those that have run out */
	retention_on_tick(s);
}

static void on_closed(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	(void)w;
	(void)revents;
	ev_break(loop, EVBREAK_ALL);
}

static void on_stop(struct ev_loop *loop, struct ev_signal *w, int revents)
{
	struct server *s = w->data;
	struct meeting *m, *next;

	(void)revents;
	if (s->closing)
		return;
	s->closing = true;
	log_event(LOG_INFO, "server.closing");
	HASH_ITER(hh, s->meetings, m, next)
		meeting_on_stop(m);
	walls_on_stop(s);
	ev_timer_start(loop, &s->close_timer);
}

static void reload_turn_secret(struct server *s)
{
	int r = *s->config->turn_secret_file ? turn_read_secret(s->turn_secret, s->config->turn_secret_file) : 0;

	if (r < 0)
		log_event(LOG_WARNING, "turn.secret_not_read err=%d", r);
}

static void on_hangup(struct ev_loop *loop, struct ev_signal *w, int revents)
{
	(void)loop;
	(void)revents;
	listener_reload_tls(w->data, true);
	reload_turn_secret(w->data);
}

static void start_watchers(struct server *s)
{
	ev_async_init(&s->wake, on_wake);
	ev_timer_init(&s->second_timer, on_second, 1, 1);
	ev_timer_init(&s->alive_timer, on_alive, ALIVE_S, ALIVE_S);
	ev_timer_init(&s->close_timer, on_closed, CLOSING_S, 0);
	ev_signal_init(&s->on_term, on_stop, SIGTERM);
	ev_signal_init(&s->on_int, on_stop, SIGINT);
	ev_signal_init(&s->on_hup, on_hangup, SIGHUP);
	s->wake.data = s->second_timer.data = s->alive_timer.data = s->close_timer.data = s;
	s->on_term.data = s->on_int.data = s->on_hup.data = s;
	ev_async_start(s->loop, &s->wake);
	ev_timer_start(s->loop, &s->second_timer);
	ev_timer_start(s->loop, &s->alive_timer);
	ev_signal_start(s->loop, &s->on_term);
	ev_signal_start(s->loop, &s->on_int);
	ev_signal_start(s->loop, &s->on_hup);
}

/* ADDR:PORT or [ADDR]:PORT. */
static void write_address(const struct sockaddr_storage *a, char *ret, size_t size)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)a;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)a;
	bool six = a->ss_family == AF_INET6;
	char host[INET6_ADDRSTRLEN] = "";

	inet_ntop(a->ss_family, six ? (const void *)&v6->sin6_addr : (const void *)&v4->sin_addr, host, sizeof(host));
	snprintf(ret, size, six ? "[%s]:%u" : "%s:%u", host, ntohs(v4->sin_port));
}

static int fail(const char *what, int error, const char *detail)
{
	fprintf(stderr, "huitang: %s: %s\n", what, detail ? detail : strerror(-error));
	return error;
}

static int open_store(struct server *s)
{
	struct store_cfg cfg = { .dir = s->config->data, .erasure_list = s->config->erasures, .ballot_keys = s->config->ballot_keys, .demo = s->config->demo, .demo_members = s->config->demo, .wake = wake, .user = s };
	char err[STORE_ERROR_BYTES] = "";
	int r = store_open(&s->store, &cfg, err);

	if (r < 0)
		return fail(s->config->data, r, *err ? err : NULL);
	s->directory = store_directory(s->store);
	s->retention.last_us = store_retained_us(s->store);
	store_token_key(s->store, s->token_key);
	crypto_generichash(s->resume_key, sizeof(s->resume_key), (const uint8_t *)"resume", 6, s->token_key, sizeof(s->token_key));
	return 0;
}

static int open_webhooks(struct server *s)
{
	struct webhooks_cfg cfg = { .data = s->config->data, .private_too = s->config->webhook_private, .first_wait_us = s->config->webhook_retry_s * 1000000LL,
		                    .attempts = (int)s->config->webhook_attempts, .wake = wake, .user = s };

	memcpy(cfg.server_key, s->token_key, sizeof(cfg.server_key));
	return webhooks_create(&s->webhooks, &cfg);
}

static int open_turn(struct server *s)
{
	const char *path = s->config->turn_secret_file;
	int r = *path ? turn_read_secret(s->turn_secret, path) : 0;

	return r < 0 ? fail(path, r, r == -EINVAL ? "turn-secret-file is one line of 16 to 256 characters" : NULL) : 0;
}

static int choose_srtp_backend(const struct config *c)
{
	int r = srtp_backend_choose(c->srtp_backend);

	if (r < 0)
		return fail("srtp-backend", r, "this build or this processor has not got it");
	log_event(LOG_INFO, "srtp.backend name=%s", srtp_backend_name(srtp_backend()));
	return 0;
}

/*
 * Where two hundred join on one core, their signalling may wait a little, and nobody's packets do: fewer shares of the processor, and no waking up in the
 * middle of a media thread's turn (SCHED_BATCH). For this thread and those that begin after the media's; on Linux both are a thread's own.
 */
static void yield_to_media(void)
{
	struct sched_param none = { 0 };

	errno = 0;
	if (nice(CONTROL_NICE) == -1 && errno)
		log_event(LOG_WARNING, "server.priority err=%d", errno);
	if (sched_setscheduler(0, SCHED_BATCH, &none) < 0)
		log_event(LOG_WARNING, "server.policy err=%d", errno);
}

static int open_media(struct server *s)
{
	char where[ADDRESS_TEXT_BYTES];
	struct media_cfg cfg = { .listen = s->config->media, .tcp = s->config->media_tcp, .workers = s->config->workers, .wake = wake, .user = s };
	int r = choose_srtp_backend(s->config);

	if (r < 0)
		return r;
	r = certificate_create(&s->certificate);
	if (r < 0)
		return fail("certificate", r, NULL);
	certificate_fingerprint(s->certificate, &s->fingerprint);
	cfg.certificate = s->certificate;
	r = media_create(&s->media, &cfg);
	if (r < 0) {
		write_address(&s->config->media, where, sizeof(where));
		return fail(where, r, NULL);
	}
	s->n_addresses = addresses_choose(s->config, s->addresses, SDP_MAX_CANDIDATES);
	yield_to_media();
	return 0;
}

static int open_small(struct server *s)
{
	char dir[CONFIG_TEXT_BYTES];
	int r = server_create_counters(s);

	s->wall_rights = watch_right(s);
	snprintf(dir, sizeof(dir), "%s", s->config->web);
	if (!*dir)
		files_default_dir(dir, sizeof(dir));
	random_hex(s->epoch, (SERVER_EPOCH_BYTES - 1) / 2);
	r = r < 0 ? r : line_counters_create(&s->line_counters);
	r = r < 0 ? r : tickets_create(&s->tickets);
	r = r < 0 ? r : acts_create(&s->acts);
	r = r < 0 ? r : limiter_create(&s->sign_in_limit, SIGN_IN_EVERY_US, SIGN_IN_BURST, SIGN_IN_ADDRESSES);
	r = r < 0 ? r : limiter_create(&s->sign_in_address_limit, SIGN_IN_ALL_EVERY_US, SIGN_IN_ALL_BURST, SIGN_IN_ADDRESSES);
	r = r < 0 ? r : limiter_create(&s->companion_limit, COMPANION_EVERY_US, COMPANION_BURST, SIGN_IN_ADDRESSES);
	r = r < 0 ? r : limiter_create(&s->wall_limit, WALL_EVERY_US, WALL_BURST, WALL_ACCOUNTS);
	r = r < 0 ? r : limiter_create(&s->look_check_limit, LOOK_CHECK_EVERY_US, LOOK_CHECK_BURST, WALL_ACCOUNTS);
	r = r < 0 ? r : password_check_create(&s->passwords, wake, s);
	r = r < 0 ? r : table_jobs_create(&s->table_jobs, wake, s);
	r = r < 0 ? r : imports_create(&s->imports, s);
	if (r < 0)
		return fail("start", r, NULL);
	r = oidc_open(&s->oidc, s, wake);
	if (r < 0)
		return fail(*s->config->oidc.secret_file ? s->config->oidc.secret_file : "oidc", r, NULL);
	r = files_create(&s->files, dir);
	if (r < 0)
		return fail(dir, r, NULL);
	s->openapi = openapi_write();
	return s->openapi ? 0 : fail("start", -ENOMEM, NULL);
}

/* The order: what may refuse first, what others see (the port) last. */
static int open_all(struct server *s)
{
	char where[ADDRESS_TEXT_BYTES];
	int r;

	s->loop = ev_loop_new(EVFLAG_AUTO);
	if (!s->loop)
		return fail("event loop", -ENOMEM, NULL);
	start_watchers(s);
	r = open_small(s);
	r = r < 0 ? r : open_turn(s);
	r = r < 0 ? r : open_store(s);
	r = r < 0 ? r : open_media(s);
	if (r < 0)
		return r;
	r = sittings_replay(s);
	r = r < 0 ? r : recovery_replay(s);
	r = r < 0 ? r : notices_create(s);
	r = r < 0 ? r : findings_create(s);
	if (r < 0)
		return fail("journal", r, NULL);
	r = store_start(s->store);
	if (r < 0)
		return fail("store", r, NULL);
	r = open_webhooks(s);
	if (r < 0)
		return fail("webhooks", r, NULL);
	recovery_open(s);
	sittings_settle(s);
	r = listener_open(s);
	if (r == 0)
		return 0;
	write_address(&s->config->listen, where, sizeof(where));
	return fail(where, r, r == -EADDRINUSE ? "cannot listen there: in use, not an address of this machine, or the TLS files are wrong" : NULL);
}

static void close_all(struct server *s)
{
	struct meeting *m, *next;

	listener_close(s);
	walls_destroy(s);
	HASH_ITER(hh, s->meetings, m, next) {
		HASH_DEL(s->meetings, m);
		meeting_destroy(m);
	}
	sittings_destroy(s);
	notices_destroy(s);
	findings_destroy(s);
	reads_destroy(s);
	media_destroy(s->media);
	certificate_destroy(s->certificate);
	s->webhooks = webhooks_destroy(s->webhooks);
	store_close(s->store);
	oidc_close(s->oidc);
	password_check_destroy(s->passwords);
	table_jobs_destroy(s->table_jobs);
	limiter_destroy(s->sign_in_limit);
	limiter_destroy(s->sign_in_address_limit);
	limiter_destroy(s->companion_limit);
	limiter_destroy(s->wall_limit);
	limiter_destroy(s->look_check_limit);
	look_records_drop(s);
	audit_notes_drop(s);
	look_boards_drop(s);
	tickets_destroy(s->tickets);
	acts_destroy(s->acts);
	imports_destroy(s->imports);
	files_destroy(s->files);
	card_key_close(s->card_key);
	text_unref(s->openapi);
	counters_destroy(s->line_counters);
	counters_destroy(s->counters);
	if (s->loop)
		ev_loop_destroy(s->loop);
}

void server_print_ready(const struct server *s)
{
	struct sockaddr_storage web = s->config->listen, media = s->addresses[0];
	char web_text[ADDRESS_TEXT_BYTES], media_text[ADDRESS_TEXT_BYTES];

	((struct sockaddr_in *)&web)->sin_port = htons((uint16_t)listener_port(s)); /* same place in both families */
	((struct sockaddr_in *)&media)->sin_port = htons(media_port(s->media, 0));
	write_address(&web, web_text, sizeof(web_text));
	write_address(&media, media_text, sizeof(media_text));
	printf("huitang ready %s://%s media %s\n", *s->config->tls_cert ? "https" : "http", web_text, media_text);
	fflush(stdout);
}

static void bound_files(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return;
	l.rlim_cur = MIN(l.rlim_max, (rlim_t)FILES_OPEN);
	setrlimit(RLIMIT_NOFILE, &l);
}

int server_run(const struct config *config)
{
	CLEANUP(mem_freep) struct server *s = mem_zalloc(sizeof(*s));
	int r;

	if (!s)
		return fail("start", -ENOMEM, NULL);
	s->config = config;
	log_set_level((enum log_level)config->log_level);
	bound_files();
	signal(SIGPIPE, SIG_IGN);
	/* A file that may not grow is a full disk, not the end of all meetings. */
	signal(SIGXFSZ, SIG_IGN);
	if (config->demo && config->demo_past)
		past_make(config);      /* without it the demo begins empty; the log says why */
	r = open_all(s);
	if (r == 0) {
		if (!s->opening)
			server_print_ready(s);
		ev_run(s->loop, 0);
	}
	close_all(s);
	return r;
}
