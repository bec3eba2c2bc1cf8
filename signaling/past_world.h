/*
 * A server without doors in another time: records, organisations, rooms and classes as ever, neither sockets nor media. Its clocks stand still until world_go()
 * moves them on. Whoever asks, asks by the API; one request at a time. Thread: the only one.
 */
#ifndef HUITANG_SIGNALING_PAST_WORLD_H
#define HUITANG_SIGNALING_PAST_WORLD_H

#include <jansson.h>

#include "classroom/room.h"
#include "signaling/config.h"
#include "signaling/http.h"

#define WORLD_MINUTE_US (60 * 1000000LL)
#define WORLD_HOUR_US (60 * WORLD_MINUTE_US)
#define WORLD_DAY_US (24 * WORLD_HOUR_US)

struct world;

/** A demo county on a fresh folder at that moment. `config` is copied, but for the folder. Owns: *ret is the caller's. Errors: -errno. */
int world_create(struct world **ret, const struct config *config, const char *dir, int64_t wall_us);

/** It stops in good order. The machine's clocks hold again. Accepts NULL; returns NULL. */
struct world *world_destroy(struct world *w);

struct server *world_server(struct world *w);

/** Moves the clocks on; never back. */
void world_go(struct world *w, int64_t wall_us);
struct instant world_now(const struct world *w);

/** What a second brings: rosters freeze, checks end, who is missing is noted. Does not wait for the disk. */
void world_tick(struct world *w);

/** Ticks until it is so. Errors: -ETIME it does not come. */
int world_wait(struct world *w, bool (*is_so)(const void *user), const void *user);

/**
 * Asks the API as an account, who signs in for it; `body` is taken, NULL none. *ret_reply (or NULL) is the reply's JSON, a new reference, NULL for none.
 *
 * Errors: -EPROTO it was refused, and the log says what; -ETIME; -ENOMEM.
 */
int world_ask(struct world *w, int64_t account, enum http_method method, const char *path, json_t *body, json_t **ret_reply);

/**
 * Imports a table of people at or below an organisation, as `huitang import` does, but by an account's right.
 *
 * Errors: -EPROTO rows were refused; of table_read(), import_begin(), changes_post().
 */
int world_import(struct world *w, int64_t account, int64_t org, const char *text, size_t len);

/** The account of a login name; 0 none. */
int64_t world_account(struct world *w, const char *login);

#endif
