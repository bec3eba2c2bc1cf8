/*
 * Tracks of other workers as this worker's slots show them: a track with sources and rings of its own, fed from the track's worker
 * through a relay (handover.h), so that repeats, late packets and kept keyframes are found here. One for all slots of the worker; it
 * ends some seconds after the last slot has left it, or when the track does. Media thread only.
 */
#ifndef HUITANG_MEDIA_MIRROR_H
#define HUITANG_MEDIA_MIRROR_H

#include "media/base/counters.h"
#include "media/exchange.h"
#include "media/media.h"

struct mirror;
struct source;
struct track;

/* The mirrors of a worker. Embedded. */
struct mirrors {
	const struct exchange *exchange;        /* given */
	struct counters *counters;              /* given */
	struct source **fresh;                  /* given: head of the worker's list (source.h) */
	uint16_t worker;                        /* ours */
	uint32_t last_serial;
	struct mirror *all;                     /* owned, by path and kind */
};

/** Frees all, tells nobody: when the worker has stopped and no slot is left. */
void mirrors_done(struct mirrors *m);

/** The mirror of a track of another worker, made if need be. NULL without memory. */
struct track *mirrors_track(struct mirrors *m, struct path_id path, enum source_kind kind, int64_t now_us);

/** Takes what the other workers handed over, at most some hundred packets. True when there is more. */
bool mirrors_receive(struct mirrors *m, int64_t now_us);

/** For the last look before sleeping. */
bool mirrors_have_news(const struct mirrors *m);

/** ORDER_GONE: the track has ended, or never was. */
void mirrors_on_gone(struct mirrors *m, struct path_id path, enum source_kind kind);

/** Each 50 ms. */
void mirrors_tick(struct mirrors *m, int64_t now_us);

#endif
