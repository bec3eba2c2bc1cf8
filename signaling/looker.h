/*
 * One socket that looks from above (look.open): it is told which rooms run in its sight, and of one of them the details, at most once a second and only what
 * changed. Nothing is kept for a resume: a page that comes back looks anew.
 *
 *   look.open ─► rooms, deltas      look.room ─► details of one, deltas      look.close, the socket goes, no right is left ─► over
 *
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_LOOKER_H
#define HUITANG_SIGNALING_LOOKER_H

#include <jansson.h>

#include "signaling/look_board.h"
#include "signaling/look_sight.h"

#define LOOK_ROOMS_MAX 200              /* told to one */
#define LOOK_SITES_A_PAGE 500
#define LOOK_SEATS_A_PAGE 200
#define LOOKERS_AT_ONCE 500

struct socket;

struct looker;

/** Errors: -EACCES the account may watch nothing anywhere; -EUSERS too many look; -ENOMEM. Looking already: begins anew. */
int looker_open(struct socket *k);
struct looker *looker_close(struct looker *l);

/** What look.open answers. */
void looker_describe(struct looker *l, json_t *reply);

/** The details of a room from now on, and its first page; "" for none. Errors: -ENOENT not there, or not in sight; -ENOMEM. */
int looker_show(struct looker *l, const char *room, json_t *reply);

/** A further page, behind the site of that id. Errors: -ENOENT. */
int looker_page(struct looker *l, const char *room, int64_t after, json_t *reply);

const struct look_sight *looker_sight(const struct looker *l);

/** Each second. */
void lookers_on_second(struct server *s);

/* For one answer by REST, of who may watch somewhere; nothing is kept. */

/** {at_ms, rooms, more}. NULL without memory. */
json_t *look_rooms_now(struct server *s, const struct look_sight *v);

#endif
