/*
 * What the slots of a path share: where, when and how packets leave. Slots say that they have something; once its time has come
 * all of it that may leave goes as one group (sendqueue.h): what is late and sound first, pictures by the pacer's leave.
 * Embedded in the path. Media thread only.
 */
#ifndef HUITANG_MEDIA_DOWNLINK_H
#define HUITANG_MEDIA_DOWNLINK_H

#include <stdalign.h>

#include "media/base/macros.h"
#include "media/departures.h"
#include "media/media.h"
#include "media/sendqueue.h"
#include "media/sound_care.h"

#define DOWNLINK_LATE 64

#define LOSSY_LEVEL 2                   /* of care: where a twelfth is lost and more */

struct loss_trace;
struct rate_control;
struct slot;
struct twcc_feedback;

/* A packet that its slot had passed over already. */
struct late_packet {
	uint8_t slot;
	uint16_t seq;                           /* as its source numbers it */
	uint16_t turn;                          /* of the slot: meanwhile it may have changed over */
};

struct downlink {
	/* What every departure touches stands together: three lines of the cache. */
	alignas(CACHE_LINE) struct departure departure;
	uint32_t ready;                         /* bits of slots whose ring has more for them */
	uint32_t sounds;                        /* bits of slots that are audio */
	uint8_t n_slots;
	uint8_t first_slot;                     /* whose pictures go first at the next departure */
	uint8_t n_late;
	bool cares;                             /* slots keep sound (slot_sound.c) */
	bool open;                              /* keys, address and consent are there */
	bool looks;                             /* the path asks its peer for what it lacks as it departs (path_report.c) */
	uint16_t next_number;                   /* transport-wide */
	socklen_t to_len;
	struct slot *slots;                     /* owned by the path */
	struct rate_control *rate;              /* owned by the path; NULL until the answer is known */
	struct srtp *srtp;                      /* owned by the path; NULL until keys are agreed */
	struct loss_trace *trace;               /* owned, where the line loses many; else NULL */
	const struct negotiated *negotiated;    /* owned by the path; NULL until known */
	struct sendqueue *queue;                /* given */
	struct departures *departures;          /* given */
	int64_t group_us;                       /* when the open group leaves */
	size_t group_bytes;                     /* of it so far, without transport overhead */
	uint64_t sent_bytes;
	struct sockaddr_storage to;

	struct late_packet late[DOWNLINK_LATE];
	struct sound_care care;
	uint32_t told_arrived, told_lost;       /* that `care` has counted (bwe.h) */
	struct counters *counters;              /* given */
	char cname[CNAME_BYTES];
	int64_t wall_minus_boot_us;             /* fixed at start: NTP times in reports never step */
	struct path_id path;
	void (*emit)(void *user, const struct media_event *ev); /* given */
	void *user;
};

_Static_assert(MAX_SLOTS <= 32, "downlink.ready has a bit a slot");

/** A slot has something; `soon`: it must not wait for company. */
void downlink_ready(struct downlink *d, uint8_t slot, bool soon, int64_t now_us);

/** A late packet of a slot's current source, in its present turn, leaves with the next departure, which is soon. */
void downlink_late(struct downlink *d, uint8_t slot, uint16_t seq, uint16_t turn);

/**
 * Many subscribers depart one after the other, and none is in the cache: fetches ahead what a departure will touch. The first step for
 * what departs in a while, each further one when what the step before asked for has arrived.
 */
void downlink_prefetch(const struct downlink *d, unsigned step);
#define DOWNLINK_PREFETCH_STEPS 3

/** Its time has come: one group leaves. What had to stay departs later. */
void downlink_depart(struct downlink *d, int64_t now_us);

/** Slots write packets between these, as sendqueue_add() says; for repeats, which wait for nothing. */
void downlink_begin_group(struct downlink *d, int64_t now_us);
void downlink_end_group(struct downlink *d);

/** One packet of the open group was written; `picture`: it asked the pacer. */
void downlink_add(struct downlink *d, size_t len, size_t number_at, bool picture);

/** Whether the pacer lets a packet of a picture into the open group. */
bool downlink_may_add_picture(struct downlink *d);

/** Looks how much care sound needs, and for repeats that are due. Each 50 to 100 ms. */
void downlink_tick(struct downlink *d, int64_t now_us);

/** What its receiver reports as lost on a line that loses many is sent again at once; after rate_control_on_feedback(), which has read it. */
void downlink_on_feedback(struct downlink *d, const struct twcc_feedback *fb, int64_t now_us);

/** The path ends: frees what the downlink owns. */
void downlink_done(struct downlink *d);

/** The path closes, or begins anew: nothing waits any more. */
void downlink_reset(struct downlink *d);

#endif
