/* What a slot shows and when it changes over; slot_send.c writes the packets. See slot.h. */
#include "media/slot.h"

#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/rtcp.h"
#include "media/rate_control.h"
#include "media/rtp.h"
#include "media/slot_send.h"
#include "media/source.h"

#define SENT_PACKETS 256                /* nearly two seconds of a large picture */
#define SENT_PACKETS_TILE 64            /* of a small one */
#define SWITCH_PATIENCE_US 1000000      /* the old track runs on this long */
#define ONSET_PACKETS 5                 /* a voice is shown from its first loud packet on, if that is no older */
#define REPORT_INTERVAL_US 1000000
#define MANY_SLOTS 500                  /* to serve them all takes milliseconds: company comes meanwhile */
#define MAX_TURN INT16_MAX
#define TILE_HEIGHT 360                 /* a small picture's packets may wait for company */

void slot_init(struct slot *s, struct downlink *down, uint8_t number, const struct slot_cfg *cfg, uint64_t random, int64_t now_us)
{
	*s = (struct slot){ .down = down, .number = number, .audio = cfg->audio, .ssrc = cfg->ssrc, .rtx_ssrc = cfg->rtx_ssrc,
		            .temporal = { TEMPORAL_ALL, TEMPORAL_ALL }, .may_wait = cfg->audio };
	/* Below 2^15, so that no receiver takes an early loss for a wrap (RFC 3711 §3.3.1). */
	s->next_seq = (uint16_t)(random & 0x7fff);
	s->rtx_seq = (uint16_t)(random >> 16 & 0x7fff);
	timeline_init(&s->time, cfg->audio, (uint32_t)(random >> 32), now_us);
	if (s->audio)
		down->sounds |= 1u << number;
}

static void emit(struct slot *s, enum media_event_type type, uint32_t binding, uint32_t rtp)
{
	struct media_event ev = { .type = type, .path = s->down->path };

	ev.slot.slot = s->number;
	ev.slot.binding = binding;
	ev.slot.rtp = rtp;
	s->down->emit(s->down->user, &ev);
}

void slot_tell_switched(struct slot *s, uint32_t rtp)
{
	s->told = true;
	emit(s, MEDIA_SLOT_SWITCHED, s->current_binding, rtp);
	counters_add(s->down->counters, COUNT_SLOT_SWITCHES, 1);
}

/* The source keeps us while we have it as the other of the two. */
static void let_go(struct slot *s, struct source **which)
{
	struct source *source = *which;

	*which = NULL;
	if (source && s->current != source && s->pending != source)
		slot_list_remove(&source->slots, s);
}

/* Nothing leaves any more, and what was shown is told to be so. */
static void drop_current(struct slot *s, enum media_event_type why)
{
	bool was = s->current != NULL;

	let_go(s, &s->current);
	s->down->ready &= ~(1u << s->number);
	slot_forget_sound(s);
	if (was)
		emit(s, why, s->current_binding, 0);
	s->told = false;
}

static void leave_track(struct slot *s)
{
	struct track *track = s->track;

	let_go(s, &s->pending);
	s->track = NULL;
	if (track)
		slot_list_remove(&track->slots, s);
}

void slot_done(struct slot *s)
{
	leave_track(s);
	let_go(s, &s->current);
	s->sent = mem_free(s->sent);
	slot_keep_sound(s, false);
}

/* Switching. */

/* The pending source becomes the current one, from packet `first_seq` of its ring on. */
static void switch_over(struct slot *s, uint16_t first_seq, int64_t now_us)
{
	const struct kept_packet *first, *newest;
	struct source *source = s->pending;
	bool same = s->current && s->current->track == source->track && s->current_binding == s->binding;

	s->pending = NULL;
	if (s->current && s->current != source)
		let_go(s, &s->current);
	s->current = source;
	s->given_up_us = 0;
	s->current_binding = s->binding;
	s->told = s->told && same;
	s->since_switch = 0;
	s->turn = (uint16_t)(s->turn == MAX_TURN ? 1 : s->turn + 1);
	spatial_begin(&s->spatial);
	s->turn_us = now_us;
	s->next_in = first_seq;
	first = ring_find(source->ring, first_seq);
	newest = ring_find(source->ring, source->newest_seq);
	timeline_begin(&s->time, first ? first->timestamp : 0, first ? first->capture_us : now_us,
	               newest ? newest->capture_us : first ? first->capture_us : now_us, now_us);
	downlink_ready(s->down, s->number, true, now_us);
}

/* A syllable is not cut off because its slot was found some milliseconds after it began. */
static uint16_t first_sound(const struct source *source)
{
	bool begins = source->speaking && (uint16_t)(source->newest_seq - source->onset_seq) < ONSET_PACKETS;

	return begins && ring_find(source->ring, source->onset_seq) ? source->onset_seq : source->newest_seq;
}

static bool try_switch(struct slot *s, int64_t now_us)
{
	struct source *source = s->pending;

	if (!s->down->open || !source->track->gate)
		return false;
	if (s->audio && ring_find(source->ring, source->newest_seq))
		switch_over(s, first_sound(source), now_us);
	else if (!s->audio && source->keyframe.came_us >= s->given_up_us && source_has_fresh_keyframe(source, now_us))
		switch_over(s, source->keyframe_seq, now_us);
	return s->pending != source;
}

static void await(struct slot *s, struct source *source, int64_t now_us)
{
	if (s->pending == source)
		return;
	let_go(s, &s->pending);
	s->given_up_us = 0;
	if (slot_list_add(&source->slots, s) < 0) {
		drop_current(s, MEDIA_SLOT_QUIET);
		return;
	}
	s->pending = source;
	s->pending_since_us = now_us;
	if (s->audio)
		return;
	if (try_switch(s, now_us))
		counters_add(s->down->counters, COUNT_KEYFRAMES_REPLAYED, 1);
	else
		source_want_keyframe(source, now_us);
}

void slot_drop_to_keyframe(struct slot *s, int64_t now_us)
{
	struct source *source = s->current;

	counters_add(s->down->counters, COUNT_SLOT_DROPPED_TO_KEYFRAME, 1);
	/* A layer that was to follow anyway does so now. */
	if (!s->pending && source->track == s->track) {
		s->pending = source;
		s->pending_since_us = now_us;
	}
	s->current = NULL;
	s->given_up_us = now_us;
	if (s->pending != source)
		slot_list_remove(&source->slots, s);
	/* Asked for at the source's next tick: this is amid a group of packets. */
	if (s->pending)
		keyframe_want(&s->pending->keyframe);
}

void slot_aim(struct slot *s, int64_t now_us)
{
	struct source *best = s->track && s->target != SLOT_SUSPENDED ? track_pick(s->track, s->target) : NULL;

	if (!best)
		return;
	if (best != s->current || s->since_switch == 0) {
		await(s, best, now_us);
		return;
	}
	let_go(s, &s->pending);
	/* Bound to another, and back before that had begun: it goes on where it is. */
	if (s->current_binding != s->binding) {
		s->current_binding = s->binding;
		slot_tell_switched(s, timeline_newest(&s->time));
	}
}

/* One stream has all spatial layers, and another of them begins where it allows that: mostly at a keyframe. */
static void climb(struct slot *s, int64_t now_us)
{
	const struct source *source = s->current;

	if (source && source->codec == CODEC_VP9 && s->since_switch > 0 && s->spatial.highest < MIN(s->spatial.wanted, source_top(source)))
		source_want_keyframe(s->current, now_us);
}

void slot_set_target(struct slot *s, uint8_t target, int64_t now_us)
{
	bool shown;

	if (s->target == target)
		return;
	s->target = target;
	if (target != SLOT_SUSPENDED) {
		s->spatial.wanted = target;
		slot_aim(s, now_us);
		climb(s, now_us);
		return;
	}
	shown = s->current && s->current_binding == s->binding;
	let_go(s, &s->pending);
	drop_current(s, MEDIA_SLOT_SUSPENDED);
	/* What is bound but was not shown yet is not waited for in vain. */
	if (!shown && s->track)
		emit(s, MEDIA_SLOT_SUSPENDED, s->binding, 0);
}

/* How many packets RTX can repeat depends on how many a second there will be. */
static void make_sent(struct slot *s)
{
	bool tile = s->wish.height > 0 && s->wish.height <= TILE_HEIGHT;
	unsigned packets = tile ? SENT_PACKETS_TILE : SENT_PACKETS;

	if (s->audio || !s->rtx_ssrc || (s->sent && s->sent_mask + 1u >= packets))
		return;
	mem_free(s->sent);
	s->sent = mem_calloc(packets, sizeof(*s->sent));
	s->sent_mask = (uint16_t)(packets - 1);
}

void slot_want(struct slot *s, struct slot_wish wish)
{
	if (s->wish.rank == wish.rank && s->wish.height == wish.height)
		return;
	s->wish = wish;
	s->may_wait = s->audio || (wish.rank == RANK_TILE && wish.height > 0 && wish.height <= TILE_HEIGHT);
	if (s->track)
		make_sent(s);
	if (s->down->rate)
		s->down->rate->stale = true;
}

void slot_bind(struct slot *s, struct track *track, uint32_t binding, int64_t now_us)
{
	if (!track) {
		leave_track(s);
		drop_current(s, MEDIA_SLOT_QUIET);
		return;
	}
	s->binding = binding;
	if (s->track == track && s->current && s->current->track == track && s->since_switch > 0) {
		s->current_binding = binding;
		slot_tell_switched(s, timeline_newest(&s->time));
		return;
	}
	if (s->track != track) {
		leave_track(s);
		if (slot_list_add(&track->slots, s) < 0) {
			drop_current(s, MEDIA_SLOT_QUIET);
			return;
		}
		s->track = track;
		s->pending_since_us = now_us;
		/* The lowest layer is there at once; what the line allows beyond it follows within 50 ms. */
		s->target = 0;
		s->spatial.wanted = 0;
		if (s->down->rate)
			s->down->rate->stale = true;
	}
	make_sent(s);
	slot_aim(s, now_us);
	if (s->target == SLOT_SUSPENDED)
		emit(s, MEDIA_SLOT_SUSPENDED, binding, 0);
}

void slot_on_open(struct slot *s, int64_t now_us)
{
	/* What ran before the path closed begins anew, as after a switch: nothing has reached the receiver since. */
	let_go(s, &s->pending);
	let_go(s, &s->current);
	s->told = false;
	slot_aim(s, now_us);
}

/* What has come. */

void slot_on_fresh(struct slot *s, struct source *source, int64_t now_us)
{
	if (s->pending == source)
		try_switch(s, now_us);
	if (s->current == source && s->down->open)
		downlink_ready(s->down, s->number, !s->may_wait || source->slots.n >= MANY_SLOTS, now_us);
}

void slot_on_late(struct slot *s, struct source *source, uint16_t seq)
{
	/* What the cursor has not passed is no exception. */
	if (s->current == source && s->since_switch > 0 && seq_newer(s->next_in, seq) && !seq_newer(s->first_in, seq))
		downlink_late(s->down, s->number, seq, s->turn);
}

void slot_on_stream_end(struct slot *s, struct source *source, int64_t now_us)
{
	if (s->current != source)
		return;
	/* It stays subscribed, if it is still what is to be shown: what it sends next begins with a keyframe. */
	if (!s->pending && source->track == s->track) {
		s->pending = source;
		s->pending_since_us = now_us;
	}
	drop_current(s, MEDIA_SLOT_QUIET);
}

void slot_on_source_gone(struct slot *s, struct source *source)
{
	if (s->pending == source)
		let_go(s, &s->pending);
	if (s->current == source)
		drop_current(s, MEDIA_SLOT_QUIET);
}

void slot_on_track_gone(struct slot *s, struct track *track)
{
	if (s->track != track)
		return;
	leave_track(s);
	/* What was to be replaced does not stay in its place. */
	drop_current(s, MEDIA_SLOT_QUIET);
}

/* Another layer of what is shown may take its time; another's picture may not stand under a new name for long. */
void slot_tick(struct slot *s, int64_t now_us)
{
	bool foreign = s->current && s->track && s->current->track != s->track;

	if (s->track && !s->audio && !foreign) {
		slot_aim(s, now_us);
		climb(s, now_us);
	}
	if (s->pending && !s->current && !s->audio)
		keyframe_want(&s->pending->keyframe);
	if (foreign && now_us - s->pending_since_us > SWITCH_PATIENCE_US)
		drop_current(s, MEDIA_SLOT_QUIET);
}

void slot_on_keyframe_request(struct slot *s, int64_t now_us)
{
	struct source *source = s->current ? s->current : s->pending;

	if (s->audio || !source)
		return;
	s->keyframe_requests++;
	source_want_keyframe(source, now_us);
}

size_t slot_write_report(struct slot *s, uint8_t *out, size_t size, int64_t now_us)
{
	struct rtcp_sender_report sr = { .ssrc = s->ssrc, .rtp = timeline_rtp(&s->time, now_us), .packets = s->packets, .octets = s->octets };
	size_t n, m;

	if (!s->sent_any || now_us < s->report_due_us)
		return 0;
	sr.ntp = ntp_from_wall_us(now_us + s->down->wall_minus_boot_us);
	n = rtcp_write_sr(out, size, &sr, NULL, 0);
	m = n > 0 ? rtcp_write_sdes(out + n, size - n, s->ssrc, s->down->cname) : 0;
	if (m == 0)
		return 0;
	s->report_due_us = now_us + REPORT_INTERVAL_US;
	return n + m;
}
