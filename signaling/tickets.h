/*
 * What happens once a write is on disk. A continuation is copied and names everything by number or id, never by pointer:
 * whoever waited may be gone by then.
 */
#ifndef HUITANG_SIGNALING_TICKETS_H
#define HUITANG_SIGNALING_TICKETS_H

#include <stddef.h>
#include <stdint.h>

#define TICKET_DATA_BYTES 192

struct server;
struct tickets;

/** `sequence` is the journal's, `error` 0 or -errno: not on disk now. */
typedef void (*ticket_fn)(struct server *s, const void *data, int64_t sequence, int error);

/** Owns: *ret is the caller's. Errors: -ENOMEM. */
int tickets_create(struct tickets **ret);
struct tickets *tickets_destroy(struct tickets *t);

/** A ticket for journal_append() or session_open(), 0 without memory. `data` is copied, at most TICKET_DATA_BYTES. */
uint64_t tickets_add(struct tickets *t, ticket_fn fn, const void *data, size_t len);

/** Calls what waits for it, once; unknown tickets are ignored. */
void tickets_done(struct tickets *t, struct server *s, uint64_t ticket, int64_t sequence, int error);

/** Forgets one that was not used after all. */
void tickets_cancel(struct tickets *t, uint64_t ticket);

#endif
