/*
 * What is sent to whom, and when: the packets that the load tool makes a server forward, known in advance. Two shapes:
 *   lecture  one publisher of video and voice, everybody sees and hears it
 *   wall     each receiver has one 720p picture, 24 thumbnails and 3 voices, mostly packets that come alone
 */
#ifndef BENCH_SHAPE_H
#define BENCH_SHAPE_H

#include <stddef.h>
#include <stdint.h>

enum kind { KIND_VIDEO, KIND_THUMBNAIL, KIND_AUDIO };

/* One source as its subscribers get it. */
struct stream {
	enum kind kind;
	uint32_t period_us;     /* between frames */
	uint32_t phase_us;      /* of the first, below the period */
	uint32_t frame_bytes;   /* on average */
	uint32_t packet_bytes;  /* RTP header included, tag not; all of one length, as the load tool's */
	uint32_t *subscriptions; /* owned: indices into shape.subscriptions */
	size_t n_subscriptions;
};

/* One stream on its way to one viewer. */
struct subscription {
	uint32_t stream;
	uint32_t viewer;
	uint64_t index;         /* next RTP index, ROC‖SEQ */
};

struct event {
	uint32_t at_us;         /* within the second that repeats */
	uint32_t stream;
	uint32_t packets;       /* of this frame */
};

struct shape {
	size_t n_viewers;
	struct stream *streams;
	size_t n_streams;
	struct subscription *subscriptions;
	size_t n_subscriptions;
	struct event *events;   /* of one second, in time order */
	size_t n_events;
};

/**
 * `name` is lecture or wall. `vary_bytes`: thumbnails' packets differ by up to so much, from stream to stream.
 * Errors: -EINVAL. Ends the program when memory ends.
 */
int shape_init(struct shape *s, const char *name, size_t n_viewers, uint32_t vary_bytes);
void shape_done(struct shape *s);

#endif
