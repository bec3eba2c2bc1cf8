/*
 * Acts on the directory, one after another: what was checked when an act began still holds when it is on disk. An act waits for its
 * turn, prepares changes against memory, and has them written; then memory has them, and the next one begins.
 *
 *   acts_enqueue ─► (its turn) begin() ─┬─► acts_post ─► on disk ─► directory_apply ─► done() ─► next
 *                                       └─► acts_pass ──────────────────────────────────────────► next
 *
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_ACTS_H
#define HUITANG_SIGNALING_ACTS_H

#include <stddef.h>
#include <stdint.h>

#include "attendance/changes.h"

#define ACTS_WAITING_MAX 512
#define ACT_DATA_BYTES 160

struct acts;
struct server;

/** It is this act's turn: ends in acts_post() or acts_pass(), now or later. `data` is a copy of what was enqueued. */
typedef void (*act_begin_fn)(struct server *s, const void *data);

/** The act is on disk and in memory (`error` 0; `sequence` is its row in the journal), or nothing of it came true (-errno). */
typedef void (*act_done_fn)(struct server *s, const void *data, int64_t sequence, int error);

/** Owns: *ret is the caller's. Errors: -ENOMEM. */
int acts_create(struct acts **ret);

/** After the store is closed: changes that it may still have read end here. */
struct acts *acts_destroy(struct acts *a);

/** `data` is copied, at most ACT_DATA_BYTES. Errors: -ENOBUFS too many wait, -ENOMEM. Nothing is begun then. */
int acts_enqueue(struct server *s, act_begin_fn begin, const void *data, size_t len);

/** Writes the changes of the act whose turn it is. `changes` are taken, also on an error: -ENOMEM, -ENOBUFS. Then the turn goes on: acts_pass(). */
int acts_post(struct server *s, struct changes *changes, act_done_fn done, const void *data, size_t len);

/** The act whose turn it is changes nothing. */
void acts_pass(struct server *s);

#endif
