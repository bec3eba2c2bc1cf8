/* See shape.h. The figures are the load tool's (tests/load/README.md). */
#include "tests/bench/shape.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US 1000000
#define VIDEO_FRAME_BYTES 5000          /* 1.2 Mbit/s at 30 a second: 4 packets, each sixth time 5 */
#define VIDEO_PACKET_BYTES 1200
#define THUMBNAIL_BYTES 416             /* 100 kbit/s at 30 a second, of which every second frame is forwarded */
#define VOICE_BYTES 144
#define THUMBNAILS 24
#define VOICES 3
#define WALL_SITES 200

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static struct stream *add_stream(struct shape *s, enum kind kind, uint32_t period_us, uint32_t frame_bytes, uint32_t packet_bytes)
{
	struct stream *st;

	s->streams = must(reallocarray(s->streams, s->n_streams + 1, sizeof(*s->streams)));
	st = &s->streams[s->n_streams++];
	*st = (struct stream){
		.kind = kind, .period_us = period_us, .frame_bytes = frame_bytes, .packet_bytes = packet_bytes,
		.phase_us = (uint32_t)((s->n_streams * 7919 * 101) % period_us),       /* sites do not know each other's clocks */
	};
	return st;
}

static void subscribe(struct shape *s, size_t stream, size_t viewer)
{
	struct stream *st = &s->streams[stream];

	s->subscriptions = must(reallocarray(s->subscriptions, s->n_subscriptions + 1, sizeof(*s->subscriptions)));
	st->subscriptions = must(reallocarray(st->subscriptions, st->n_subscriptions + 1, sizeof(*st->subscriptions)));
	st->subscriptions[st->n_subscriptions++] = (uint32_t)s->n_subscriptions;
	s->subscriptions[s->n_subscriptions++] = (struct subscription){ .stream = (uint32_t)stream, .viewer = (uint32_t)viewer };
}

static void lecture(struct shape *s)
{
	add_stream(s, KIND_VIDEO, SECOND_US / 30, VIDEO_FRAME_BYTES, VIDEO_PACKET_BYTES);
	add_stream(s, KIND_AUDIO, SECOND_US / 50, VOICE_BYTES, VOICE_BYTES);
	for (size_t v = 0; v < s->n_viewers; v++)
		for (size_t i = 0; i < s->n_streams; i++)
			subscribe(s, i, v);
}

/* Who looks at page p of the grid sees sites 24p to 24p + 23. */
static void wall(struct shape *s, uint32_t vary_bytes)
{
	for (int i = 0; i < VOICES; i++)
		add_stream(s, KIND_AUDIO, SECOND_US / 50, VOICE_BYTES, VOICE_BYTES);
	add_stream(s, KIND_VIDEO, SECOND_US / 30, VIDEO_FRAME_BYTES, VIDEO_PACKET_BYTES);
	for (size_t i = 0; i < WALL_SITES; i++) {
		uint32_t bytes = THUMBNAIL_BYTES + (uint32_t)(i * 37 % (vary_bytes + 1));

		add_stream(s, KIND_THUMBNAIL, SECOND_US / 15, bytes, bytes);
	}
	for (size_t v = 0; v < s->n_viewers; v++) {
		for (size_t i = 0; i <= VOICES; i++)
			subscribe(s, i, v);
		for (size_t i = 0; i < THUMBNAILS; i++)
			subscribe(s, VOICES + 1 + (v * THUMBNAILS + i) % WALL_SITES, v);
	}
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return (x->at_us > y->at_us) - (x->at_us < y->at_us);
}

/* What a frame leaves over of its bytes goes into a packet of a later one. */
static void add_events(struct shape *s, size_t stream)
{
	const struct stream *st = &s->streams[stream];
	uint32_t owed = 0;

	for (uint32_t k = 0; k < SECOND_US / st->period_us; k++) {
		uint32_t n = (owed += st->frame_bytes) / st->packet_bytes;

		owed -= n * st->packet_bytes;
		s->events[s->n_events++] = (struct event){ st->phase_us + k * st->period_us, (uint32_t)stream, n };
	}
}

static void schedule(struct shape *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_streams; i++)
		n += SECOND_US / s->streams[i].period_us;
	s->events = must(calloc(n, sizeof(*s->events)));
	for (size_t i = 0; i < s->n_streams; i++)
		add_events(s, i);
	qsort(s->events, s->n_events, sizeof(*s->events), by_time);
}

int shape_init(struct shape *s, const char *name, size_t n_viewers, uint32_t vary_bytes)
{
	bool is_lecture = strcmp(name, "lecture") == 0;

	if (!is_lecture && strcmp(name, "wall") != 0)
		return -EINVAL;
	*s = (struct shape){ .n_viewers = n_viewers };
	if (is_lecture)
		lecture(s);
	else
		wall(s, vary_bytes);
	schedule(s);
	return 0;
}

void shape_done(struct shape *s)
{
	for (size_t i = 0; i < s->n_streams; i++)
		free(s->streams[i].subscriptions);
	free(s->streams);
	free(s->subscriptions);
	free(s->events);
	*s = (struct shape){ 0 };
}
