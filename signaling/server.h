/*
 * The control thread: one libev loop with libwebsockets on it, timers, and what other threads report (media workers, the
 * store, password checks). It owns rooms, sockets and clients; nothing here waits.
 *
 *   sockets, HTTP ──► lws callbacks ──► handlers ──► meetings (rooms) ──► media_*(), journal_append()
 *   media workers, store thread, password threads ──► ev_async ──► server dispatches ──► meetings, replies
 */
#ifndef HUITANG_SIGNALING_SERVER_H
#define HUITANG_SIGNALING_SERVER_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#include "attendance/directory.h"
#include "attendance/store.h"
#include "classroom/room.h"
#include "media/media.h"
#include "media/sdp.h"
#include "signaling/config.h"
#include "signaling/limiter.h"
#include "signaling/resume.h"
#include "signaling/retention.h"
#include "signaling/turn.h"
#include "signaling/wall.h"

#define SERVER_VERSION "0.1.0"
#define SERVER_EPOCH_BYTES 17

struct acts;
struct card_key;
struct certificate;
struct client;
struct dialog;
struct files;
struct findings;
struct imports;
struct look_record;
struct lws_context;
struct lws_vhost;
struct meeting;
struct noted;
struct notices;
struct oidc;
struct password_check;
struct request;
struct socket;
struct table_jobs;
struct tickets;
struct webhooks;

/* Own counters for /metrics; the names stand in server_counters.c. */
enum server_count {
	COUNT_CONNECTIONS, COUNT_SOCKETS, COUNT_CLIENTS, COUNT_WALLS, COUNT_LOOKS, COUNT_ROOMS, COUNT_CLASSES, COUNT_HTTP_REQUESTS, COUNT_HTTP_4XX, COUNT_HTTP_5XX,
	COUNT_CONNECTIONS_REFUSED, COUNT_ORIGIN_REFUSED, COUNT_MESSAGES, COUNT_BAD_MESSAGES, COUNT_TOO_LARGE, COUNT_RATE_LIMITED, COUNT_BAD_SDP,
	COUNT_SLOW_READERS, COUNT_RESUMED, COUNT_RESUME_REFUSED, COUNT_SNAPSHOTS, COUNT_TOKENS_REFUSED, COUNT_SIGN_INS,
	COUNT_LOOKS_BEGUN, COUNT_WALL_REFUSALS, COUNT_HANDS, COUNT_FLOORS, COUNT_CUTS, COUNT_SOURCE_RULES, COUNT_SUCCESSIONS, COUNT_SIGN_INS_REFUSED, COUNT_NOT_RECORDED, COUNT_REPEATED_REQUESTS,
	COUNT_OIDC_BEGUN, COUNT_OIDC_OK, COUNT_OIDC_DENIED, COUNT_OIDC_EXPIRED, COUNT_OIDC_DOWN, COUNT_OIDC_REFUSED, COUNT_OIDC_WRONG, COUNT_OIDC_UNKNOWN, SERVER_COUNTS
};

struct server {
	const struct config *config;            /* given: outlives the server */
	char epoch[SERVER_EPOCH_BYTES];         /* a new one each start: clients then know that media is gone */
	bool closing;
	unsigned opening;                       /* rooms whose opening is not on disk yet: the ready line waits */

	struct ev_loop *loop;                   /* owned */
	struct ev_async wake;                   /* other threads: something waits to be dispatched */
	struct ev_signal on_term, on_int, on_hup;
	struct ev_timer alive_timer, second_timer, close_timer;
	struct lws_context *lws;                /* owned */
	struct lws_vhost *vhost;                /* lws's */

	struct store *store;                    /* owned */
	struct directory *directory;            /* the store's */
	struct certificate *certificate;        /* owned */
	struct media *media;                    /* owned */
	struct fingerprint fingerprint;
	size_t n_addresses;                     /* told to clients as candidates */
	struct sockaddr_storage addresses[SDP_MAX_CANDIDATES];

	struct files *files;                    /* owned: the web client in memory */
	struct password_check *passwords;       /* owned */
	struct limiter *sign_in_limit;          /* owned: wrong passwords of one account from one address */
	struct limiter *sign_in_address_limit;  /* owned: of all accounts from one address */
	struct limiter *companion_limit;        /* owned: wrong codes and names of one address */
	struct limiter *wall_limit;             /* owned: walls that one account asks for */
	struct limiter *look_check_limit;       /* owned: presence checks of one account from above */
	struct tickets *tickets;                /* owned: what waits for the store */
	struct acts *acts;                      /* owned: what changes the directory */
	struct noted *noted;                    /* owned: looks of this hour that are in the audit log, audit_note.h */
	int64_t noted_hour;                     /* since 1970 */
	struct look_record *look_records;       /* owned: looks of this hour that are in the audit log */
	int64_t look_hour;                      /* since 1970 */
	uint64_t look_round;            /* of look_tell_all() */
	uint64_t rights_round;          /* grows when rights may have changed, */
	int64_t rights_us;              /* the last time then (wall clock) */
	int64_t rights_edge_us;         /* when they will by the clock, as it was known at */
	uint64_t edge_round;
	struct look_board *boards;      /* owned, by room: what is to be seen from above, while somebody looks */
	struct looker *lookers;         /* the sockets' */
	struct table_jobs *table_jobs;          /* owned: files that are read and written */
	struct imports *imports;                /* owned */
	struct wall_rights wall_rights;         /* who may watch across rooms */
	struct counters *counters;              /* owned */
	struct counters *line_counters;         /* owned: line_counters.h */
	struct text *openapi;                   /* owned */
	struct oidc *oidc;                      /* owned; NULL: none is configured */
	struct card_key *card_key;              /* owned; NULL until it is needed: card_numbers.h */
	struct bucket card_key_tries;           /* for sign-ins, while it cannot be opened */

	uint8_t token_key[STORE_KEY_BYTES];
	char turn_secret[TURN_SECRET_BYTES];    /* "" without turn: servers */
	uint8_t resume_key[RESUME_KEY_BYTES];
	uint64_t next_serial;
	int64_t last_class;                     /* highest number of a class */
	int64_t sealed_until_us;                /* latest planned end of a sealed class: lists that begin after it need not ask the database */
	struct notices *notices;                /* owned */
	struct findings *findings;              /* owned */
	struct server_read *reads;              /* owned: what it asks the database itself */

	/* Hash tables; see server_find_*(). */
	struct meeting *meetings;               /* owned, by room id */
	struct sitting *sittings;               /* owned, by number of the class */
	struct client *paths;                   /* the meetings', by path */
	struct dialog *dialogs;                 /* the clients' and walls', by resume identity */
	struct wall *walls;                     /* owned, by serial */
	struct wall *wall_paths;                /* the same, by path */
	struct request *requests;               /* libwebsockets' connections, by serial */
	struct socket *sockets;                 /* likewise */
	unsigned connections;

	struct retention_watch retention;
	struct webhooks *webhooks;              /* owned */
	struct tls_files { int64_t cert_mtime, key_mtime; } tls;
};

/**
 * Opens everything, prints the ready line and runs until SIGTERM or SIGINT.
 *
 * Errors: -errno, with a sentence on standard error.
 */
int server_run(const struct config *config);

/** Prints the ready line: whoever reads it may ask for tokens and report of every room. */
void server_print_ready(const struct server *s);

struct instant server_now(void);

/** Makes s->counters, which counters_destroy() ends. Errors: of counters_create(). */
int server_create_counters(struct server *s);

void server_add(struct server *s, enum server_count count, int64_t delta);
int server_write_counters(const struct server *s, char **ret);

/** Whether records are being written; while not, new acts are refused. */
bool server_records(const struct server *s);

/** The meeting of a room, made at its first use; NULL: no such room, or no memory. */
struct meeting *server_meeting(struct server *s, const char *room);

/** Somebody's rights, a sign-in, the tree or a policy has changed: what depends on them beyond one room is asked anew, at once. */
void server_rights_changed(struct server *s);

void server_keep_request(struct server *s, struct request *q);
void server_forget_request(struct server *s, struct request *q);
struct request *server_find_request(struct server *s, uint64_t serial);
void server_keep_socket(struct server *s, struct socket *k);
void server_forget_socket(struct server *s, struct socket *k);
struct socket *server_find_socket(struct server *s, uint64_t serial);

#endif
