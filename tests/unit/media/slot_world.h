/*
 * Three senders and a subscriber with an audio and a video slot, without keys: what leaves is read from a UDP socket in the clear.
 * Time is the test's. One world a program, made anew for each test: IN_SLOT_WORLD(name) in the table of tests.
 */
#ifndef HUITANG_TEST_SLOT_WORLD_H
#define HUITANG_TEST_SLOT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "media/rtp.h"
#include "media/slot.h"
#include "media/track.h"

#define SENDERS 3
#define MS 1000LL

struct slot_world {
	int tx, rx;
	int64_t now_us, start_us;
	struct counters *counters;
	struct sendqueue *queue;
	struct negotiated negotiated;
	struct downlink down;
	struct slot slots[2];                   /* 0 audio, 1 video */
	struct uplink up[SENDERS];
	struct source *fresh;
	struct departures departures;
	struct track mic[SENDERS];
	struct track camera[SENDERS];
	uint16_t seq[SENDERS][2];
	uint32_t rtp[SENDERS][2];
	int keyframes_asked[SENDERS];
	struct media_event events[64];
	size_t n_events;
};

extern struct slot_world w;

int slot_world_setup(void **state);
int slot_world_teardown(void **state);

#define IN_SLOT_WORLD(test) cmocka_unit_test_setup_teardown(test, slot_world_setup, slot_world_teardown)

/** The next packet of a sender's microphone (`video` 0) or camera; its timestamp is what w.rtp says. */
void receive(int sender, int video, enum codec codec, const void *payload, size_t len);

/** One picture of a camera, of two packets; VP8 without picture ids as GStreamer sends it. The sixth byte of the payload is the sender. */
void picture(int sender, bool key);

/** A sender report for the lowest layer of a track. */
void report(struct track *t, uint64_t ntp, uint32_t rtp, int64_t now_us);

/** What a worker does behind a batch, until a time; INT64_MAX: until nothing waits. */
void run_until(int64_t until_us);

/** What leaves next, valid until the next call; false: nothing. */
bool next_packet(struct rtp_view *ret);

/** How many packets leave. */
size_t drain(void);

/** The slot's clock at a time, in RTP ticks. */
uint32_t slot_clock(const struct slot *s, int64_t us);

#endif
