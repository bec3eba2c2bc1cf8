/* See reception.h. */
#include "media/reception.h"

#include <string.h>

#include "media/base/macros.h"

#define MAX_JUMP 3000
#define MIN_NACK_SPACING_US 20000
#define NACKS_SPACING_US 5000           /* holes of one burst share a request */
#define REORDER_US 10000                /* a number may merely be late, where some lately were; not one of sound, whose packets are 20 ms apart */
#define REORDER_MEMORY_US 10000000
#define SLACK_US 5000                   /* repeats do not all take the same time */
#define PATIENT_TRIES 4                 /* of sound: so many come at the first pace */
#define SAID_TWICE 8                    /* of so many tries each second one only says again what the one before it said, */
#define SECOND_US 20000                 /* so much later: it may have been lost, and who repeats once a round trip repeats no more for it */
#define SOUND_HZ 48000

void reception_init(struct reception *r, uint32_t rate_hz, bool repairs)
{
	*r = (struct reception){ .rate_hz = rate_hz, .repairs = repairs, .nacks_due_us = INT64_MAX };
}

static void forget_missing(struct reception *r, size_t at)
{
	memmove(&r->missing[at], &r->missing[at + 1], (r->n_missing - at - 1) * sizeof(r->missing[0]));
	r->n_missing--;
}

/* Only what was asked for once, be it said twice, tells how long it took. */
static void note_repair(struct reception *r, const struct missing *m, int64_t now_us)
{
	int64_t took_us = now_us - m->since_us;

	if ((m->tries == 1 || m->tries == 2) && took_us > 0)
		r->repair_us = r->repair_us ? r->repair_us + (took_us - r->repair_us) / 8 : took_us;
}

void reception_repaired(struct reception *r, uint16_t seq, int64_t now_us)
{
	for (size_t i = 0; i < r->n_missing; i++) {
		if (r->missing[i].seq == seq) {
			note_repair(r, &r->missing[i], now_us);
			forget_missing(r, i);
			return;
		}
	}
}

static void give_up(struct reception *r, uint16_t seq)
{
	r->gave_up_seq = r->gave_up && (int16_t)(seq - r->gave_up_seq) < 0 ? r->gave_up_seq : seq;
	r->gave_up = true;
}

bool reception_gave_up(struct reception *r, uint16_t *ret)
{
	bool gave_up = r->gave_up;

	r->gave_up = false;
	if (gave_up)
		*ret = r->gave_up_seq;
	return gave_up;
}

void reception_forgive(struct reception *r)
{
	r->n_missing = 0;
	r->nacks_due_us = INT64_MAX;
}

static bool reorders(const struct reception *r, int64_t now_us)
{
	return r->rate_hz != SOUND_HZ && r->reordered_us && now_us - r->reordered_us < REORDER_MEMORY_US;
}

static void note_hole(struct reception *r, uint32_t from, uint32_t to, int64_t now_us)
{
	int64_t next_us = now_us + (reorders(r, now_us) ? REORDER_US : 0);

	if (!r->repairs)
		return;
	if (to - from > MAX_MISSING || (to - from > OUTAGE_PACKETS && now_us - r->arrived_us > OUTAGE_US)) {
		reception_forgive(r);
		give_up(r, (uint16_t)(to - 1));
		return;
	}
	/* The oldest make room, all at once. */
	if (r->n_missing + (to - from) > MAX_MISSING) {
		size_t kept = MAX_MISSING - (to - from);

		give_up(r, r->missing[r->n_missing - kept - 1].seq);
		memmove(r->missing, &r->missing[r->n_missing - kept], kept * sizeof(r->missing[0]));
		r->n_missing = kept;
	}
	for (uint32_t ext = from; ext != to; ext++)
		r->missing[r->n_missing++] = (struct missing){ .seq = (uint16_t)ext, .next_us = next_us };
	r->nacks_due_us = MIN(r->nacks_due_us, next_us);
}

static void update_jitter(struct reception *r, uint32_t rtp, int64_t now_us)
{
	uint32_t arrival = (uint32_t)(now_us * r->rate_hz / 1000000);
	uint32_t transit = arrival - rtp;
	int32_t d = (int32_t)(transit - r->transit);

	if (r->transit != 0 && d > -(int32_t)r->rate_hz && d < (int32_t)r->rate_hz)
		r->jitter_q4 += (uint32_t)(d < 0 ? -d : d) - ((r->jitter_q4 + 8) >> 4);
	r->transit = transit;
}

bool reception_packet(struct reception *r, uint16_t seq, uint32_t rtp, int64_t now_us)
{
	int16_t ahead;

	if (!r->started) {
		r->started = true;
		/* One cycle above zero, so that a number below the first does not wrap. */
		r->base = r->highest = 0x10000u + seq;
		r->received = 1;
		r->arrived_us = now_us;
		update_jitter(r, rtp, now_us);
		return true;
	}
	ahead = (int16_t)(seq - (uint16_t)r->highest);
	if (ahead > MAX_JUMP || ahead < -MAX_JUMP)
		return false;
	r->received++;
	if (ahead > 0) {
		note_hole(r, r->highest + 1, r->highest + (uint32_t)ahead, now_us);
		r->highest += (uint32_t)ahead;
		update_jitter(r, rtp, now_us);
	} else {
		/* Late, or a repeat under its own number: nothing that tells how even the line is. */
		r->reordered_us = now_us;
		reception_repaired(r, seq, now_us);
	}
	r->arrived_us = now_us;
	return true;
}

void reception_sender_report(struct reception *r, uint64_t ntp, int64_t now_us)
{
	r->report_ntp = ntp;
	r->report_us = now_us;
}

void reception_report(struct reception *r, struct rtcp_report_block *ret, uint32_t reporter, uint32_t ssrc, int64_t now_us)
{
	uint32_t expected = r->started ? r->highest - r->base + 1 : 0;
	uint32_t expected_now = expected - r->expected_before;
	uint32_t received_now = r->received - r->received_before;
	int32_t lost = (int32_t)(expected - r->received);
	uint32_t lost_now = expected_now > received_now ? expected_now - received_now : 0;

	*ret = (struct rtcp_report_block){
		.reporter = reporter,
		.ssrc = ssrc,
		.fraction_lost = expected_now > 0 ? (uint8_t)MIN(255u, (lost_now << 8) / expected_now) : 0,
		.lost = CLAMP(lost, -0x800000, 0x7fffff),
		.highest_seq = r->highest - 0x10000u,
		.jitter = r->jitter_q4 >> 4,
		.last_sr = (uint32_t)(r->report_ntp >> 16),
		.delay_since_sr = r->report_us ? (uint32_t)((now_us - r->report_us) * 65536 / 1000000) : 0,
	};
	r->fraction_lost = ret->fraction_lost;
	r->expected_before = expected;
	r->received_before = r->received;
}

/*
 * Repeats get lost like anything else on such a line: the more often, the longer it waits, or a slow line drowns in them. Sound is asked
 * for again without waiting for a round trip: it is small and must not be late, and libwebrtc repeats a packet once a round trip only.
 */
static int64_t spacing_us(const struct reception *r, const struct missing *m, int64_t rtt_us)
{
	int64_t trip_us = r->repair_us ? r->repair_us + SLACK_US : rtt_us;

	if (r->rate_hz == SOUND_HZ)
		return MIN_NACK_SPACING_US * MAX(m->tries, PATIENT_TRIES) / PATIENT_TRIES;
	trip_us = MAX(trip_us, 2 * SECOND_US);
	if (m->tries < SAID_TWICE)
		return m->tries % 2 ? SECOND_US : trip_us - SECOND_US;
	return trip_us * m->tries / SAID_TWICE;
}

size_t reception_nacks(struct reception *r, uint16_t *ret, size_t max, int64_t now_us, int64_t rtt_us)
{
	int64_t due_us = INT64_MAX;
	size_t n = 0;

	for (size_t i = 0; i < r->n_missing;) {
		struct missing *m = &r->missing[i];

		if (m->next_us <= now_us && (m->tries >= NACK_TRIES || (m->tries > 0 && now_us - m->since_us > NACK_PATIENCE_US))) {
			give_up(r, m->seq);
			forget_missing(r, i);
			continue;
		}
		if (m->next_us <= now_us && n < max) {
			m->since_us = m->tries++ ? m->since_us : now_us;
			m->asked_us = now_us;
			m->next_us = now_us + spacing_us(r, m, rtt_us);
			ret[n++] = m->seq;
		}
		due_us = MIN(due_us, m->next_us);
		i++;
	}
	r->nacks_due_us = due_us == INT64_MAX ? due_us : MAX(due_us, now_us + NACKS_SPACING_US);
	return n;
}
