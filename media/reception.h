/*
 * What one RTP stream looked like on arrival: figures for report blocks (RFC 3550 Appendix A.3, A.8) and which sequence
 * numbers are missing, to be asked for by NACK (RFC 4585). Embedded and pure.
 */
#ifndef HUITANG_MEDIA_RECEPTION_H
#define HUITANG_MEDIA_RECEPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/rtcp.h"

#define MAX_MISSING 128                 /* a larger hole is not repaired: the next keyframe does it */
#define OUTAGE_US 500000                /* after a silence of so long */
#define OUTAGE_PACKETS 8                /* a hole of more is of a way that was broken: what was sent meanwhile is too old to be shown */
#define NACK_TRIES 16
#define NACK_PATIENCE_US 1000000        /* what is asked for longer than that came too late for anybody */

struct missing {
	uint16_t seq;
	uint8_t tries;
	int64_t since_us;               /* first asked for */
	int64_t asked_us;               /* last */
	int64_t next_us;
};

struct reception {
	bool started;
	uint32_t rate_hz;
	uint32_t base;                  /* extended sequence numbers */
	uint32_t highest;
	uint32_t received;
	uint32_t expected_before;       /* at the last report */
	uint32_t received_before;
	uint32_t transit;
	int64_t arrived_us;             /* the last packet */
	uint32_t jitter_q4;             /* RTP ticks x 16 */
	uint8_t fraction_lost;          /* of the last report, 1/256 */
	uint64_t report_ntp;            /* of the sender's last report */
	int64_t report_us;              /* when it came */
	bool repairs;                   /* collect missing numbers */
	bool gave_up;                   /* some of them will not be asked for any more, */
	uint16_t gave_up_seq;           /* the newest of those */
	int64_t reordered_us;           /* when a packet last came behind a newer one, 0: none did */
	int64_t repair_us;              /* smoothed time from a request to its repeat, 0: none has come */
	int64_t nacks_due_us;           /* reception_nacks() has nothing before; INT64_MAX: never */
	size_t n_missing;
	struct missing missing[MAX_MISSING];
};

void reception_init(struct reception *r, uint32_t rate_hz, bool repairs);

/** A packet arrived, for the first time, not by RTX. False when it is more than 3,000 behind or 3,000 ahead: the stream began anew. */
bool reception_packet(struct reception *r, uint16_t seq, uint32_t rtp, int64_t now_us);

/** A packet came by RTX, or its content by other means (`now_us` 0): it is no longer missing. */
void reception_repaired(struct reception *r, uint16_t seq, int64_t now_us);

/** What is missing now is not asked for. */
void reception_forgive(struct reception *r);

void reception_sender_report(struct reception *r, uint64_t ntp, int64_t now_us);

/** Fills the report block about this stream and begins the next interval. */
void reception_report(struct reception *r, struct rtcp_report_block *ret, uint32_t reporter, uint32_t ssrc, int64_t now_us);

/** True when something missing was given up since the last call; *ret is the newest such number. A hole too large or too old, or asked for in vain. */
bool reception_gave_up(struct reception *r, uint16_t *ret);

/**
 * Numbers to ask for now, ascending, at most `max`. Each is asked for NACK_TRIES times within NACK_PATIENCE_US: of a picture first twice in a round
 * trip (`rtt_us`, or as long as repeats took so far; at least 40 ms), since the request may be lost, too; of sound each 20 ms; the later ones further
 * and further apart.
 */
size_t reception_nacks(struct reception *r, uint16_t *ret, size_t max, int64_t now_us, int64_t rtt_us);

#endif
