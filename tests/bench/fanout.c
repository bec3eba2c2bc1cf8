/* See fanout.h. */
#include "tests/bench/fanout.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/bench/outbox.h"

#define SECOND_US 1000000
#define HEADER_BYTES 20         /* RTP and the transport-wide number's extension */
#define MAX_WAITING 64          /* packets of one viewer; more leave at once */

struct waiting {
	uint32_t subscription;
	uint32_t due_us;
	uint32_t bytes;
};

struct viewer {
	struct sockaddr_in address;
	uint64_t flush_at_us;           /* when something waits */
	uint16_t twcc;
	bool busy;
	uint32_t n;
	struct waiting packets[MAX_WAITING];
};

struct fanout {
	struct fanout_cfg cfg;
	const struct shape *shape;
	struct sealer *sealer;
	struct outbox *outbox;
	struct viewer *viewers;
	uint32_t *busy;                 /* viewers for whom something waits */
	size_t n_busy;
	uint64_t start_us;              /* of the shape's first second; flat out it counts only */
	uint64_t next_event;            /* counts on over the seconds */
	bool marked;
	struct fanout_counts counts;
	uint8_t payload[2048];
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND_US + (uint64_t)t.tv_nsec / 1000;
}

static void sleep_until(uint64_t at_us)
{
	struct timespec t = { .tv_sec = (time_t)(at_us / SECOND_US), .tv_nsec = (long)(at_us % SECOND_US) * 1000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static uint64_t thread_cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_THREAD, &u);
	return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * SECOND_US + (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

struct fanout *fanout_create(const struct fanout_cfg *cfg, const struct shape *shape, struct sealer *sealer, int fd, in_port_t port)
{
	struct fanout *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->cfg = *cfg;
	f->shape = shape;
	f->sealer = sealer;
	f->outbox = outbox_create(fd, cfg->batch, cfg->arena_bytes);
	f->viewers = calloc(shape->n_viewers, sizeof(*f->viewers));
	f->busy = calloc(shape->n_viewers, sizeof(*f->busy));
	if (!f->outbox || !f->viewers || !f->busy)
		return fanout_destroy(f);
	for (size_t v = 0; v < shape->n_viewers; v++)
		f->viewers[v].address = (struct sockaddr_in){
			.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(0x7f010001 + (uint32_t)v),
		};
	f->start_us = now_us();
	return f;
}

struct fanout *fanout_destroy(struct fanout *f)
{
	if (!f)
		return NULL;
	outbox_destroy(f->outbox);
	free(f->viewers);
	free(f->busy);
	free(f);
	return NULL;
}

static void write_header(struct fanout *f, uint8_t *out, const struct waiting *w, struct viewer *v, uint64_t index)
{
	uint32_t ssrc = htonl(w->subscription), due = htonl(w->due_us);
	uint16_t seq = htons((uint16_t)index), twcc = htons(v->twcc++);

	out[0] = 0x90;
	out[1] = f->marked ? 0x80 | 96 : 96;
	memcpy(out + 2, &seq, 2);
	memcpy(out + 4, &due, 4);
	memcpy(out + 8, &ssrc, 4);
	memcpy(out + 12, "\xbe\xde\x00\x01\x11", 5);
	memcpy(out + 17, &twcc, 2);
	out[19] = 0;
}

static void write_packet(struct fanout *f, uint8_t *out, const struct waiting *w, struct viewer *v, uint32_t bytes)
{
	struct subscription *s = &f->shape->subscriptions[w->subscription];
	uint64_t index = s->index++;

	write_header(f, out, w, v, index);
	sealer_seal(f->sealer, s->viewer, out, HEADER_BYTES, f->payload, bytes - HEADER_BYTES, w->subscription, index);
}

/* Stable, since packets of one stream keep their order; there are few. */
static void order_by_size(struct viewer *v)
{
	for (uint32_t i = 1; i < v->n; i++) {
		struct waiting w = v->packets[i];
		uint32_t k = i;

		for (; k > 0 && v->packets[k - 1].bytes < w.bytes; k--)
			v->packets[k] = v->packets[k - 1];
		v->packets[k] = w;
	}
}

/* How many packets from `first` on make one message, given that they are ordered by size. */
static uint32_t group(const struct fanout *f, const struct viewer *v, uint32_t first)
{
	uint32_t segment = v->packets[first].bytes, n = 1;
	uint32_t most = OUTBOX_MAX_MESSAGE_BYTES / (segment + SEALER_TAG_BYTES);

	if (most > f->cfg.max_segments)
		most = f->cfg.max_segments;
	while (first + n < v->n && n < most && segment - v->packets[first + n].bytes <= f->cfg.pad_bytes)
		n++;
	return first + n < v->n && n < most ? n + 1 : n;        /* a smaller one may be the last */
}

static void send_group(struct fanout *f, struct viewer *v, uint32_t first, uint32_t n)
{
	uint32_t segment = v->packets[first].bytes + SEALER_TAG_BYTES, used = 0;
	uint8_t *out = outbox_begin(f->outbox, (size_t)n * segment);

	for (uint32_t i = 0; i < n; i++) {
		struct waiting *w = &v->packets[first + i];
		uint32_t bytes = i + 1 < n ? segment - SEALER_TAG_BYTES : w->bytes;

		write_packet(f, out + used, w, v, bytes);
		used += bytes + SEALER_TAG_BYTES;
	}
	outbox_commit(f->outbox, used, segment, &v->address);
	f->counts.packets += f->marked ? n : 0;
}

static void send_viewer(struct fanout *f, struct viewer *v)
{
	uint32_t i = 0;

	order_by_size(v);
	while (i < v->n) {
		uint32_t n = group(f, v, i);

		send_group(f, v, i, n);
		i += n;
	}
	v->n = 0;
}

static void queue_packet(struct fanout *f, uint32_t subscription, uint32_t bytes, uint64_t due_us, uint64_t flush_at_us)
{
	uint32_t viewer = f->shape->subscriptions[subscription].viewer;
	struct viewer *v = &f->viewers[viewer];

	if (!v->busy)
		f->busy[f->n_busy++] = viewer;
	v->busy = true;
	if (v->n == MAX_WAITING)
		send_viewer(f, v);
	if (v->n == 0 || flush_at_us < v->flush_at_us)
		v->flush_at_us = flush_at_us;
	v->packets[v->n++] = (struct waiting){ subscription, (uint32_t)due_us, bytes };
}

static void queue_frame(struct fanout *f, const struct event *e, uint64_t due_us)
{
	const struct stream *st = &f->shape->streams[e->stream];
	uint64_t flush_at_us = due_us + f->cfg.wait_us[st->kind];

	for (size_t i = 0; i < st->n_subscriptions; i++)
		for (uint32_t k = 0; k < e->packets; k++)
			queue_packet(f, st->subscriptions[i], st->packet_bytes, due_us, flush_at_us);
}

/* Sends to the viewers whose packets may wait no longer than `now`; the others stay busy. */
static uint64_t flush(struct fanout *f, uint64_t now)
{
	uint64_t next = UINT64_MAX;
	size_t kept = 0;

	for (size_t i = 0; i < f->n_busy; i++) {
		struct viewer *v = &f->viewers[f->busy[i]];

		if (v->flush_at_us <= now) {
			send_viewer(f, v);
			v->busy = false;
			continue;
		}
		if (v->flush_at_us < next)
			next = v->flush_at_us;
		f->busy[kept++] = f->busy[i];
	}
	f->n_busy = kept;
	outbox_flush(f->outbox);
	return next;
}

static const struct event *event(const struct fanout *f)
{
	return &f->shape->events[f->next_event % f->shape->n_events];
}

static uint64_t due_us(const struct fanout *f)
{
	return f->start_us + f->next_event / f->shape->n_events * SECOND_US + event(f)->at_us;
}

static uint64_t wake_at(const struct fanout *f, uint64_t flush_at_us)
{
	uint64_t at = due_us(f);

	if (flush_at_us < at)
		at = flush_at_us;
	return f->cfg.grid_us > 0 ? (at + f->cfg.grid_us - 1) / f->cfg.grid_us * f->cfg.grid_us : at;
}

/* One wake-up: all that is due at `now`, which flat out runs ahead of the clock. Returns when the next packet may wait no longer. */
static uint64_t turn(struct fanout *f, uint64_t now, bool flat_out)
{
	f->counts.wakeups++;
	while (due_us(f) <= now) {
		queue_frame(f, event(f), flat_out ? now_us() : due_us(f));
		f->next_event++;
	}
	return flush(f, now);
}

static void run_until(struct fanout *f, uint64_t end_us, bool flat_out)
{
	uint64_t waiting_us = UINT64_MAX;

	while (now_us() < end_us) {
		uint64_t at = wake_at(f, waiting_us);

		if (!flat_out) {
			sleep_until(at);
			at = now_us();
		}
		waiting_us = turn(f, at, flat_out);
	}
	flush(f, UINT64_MAX);
}

struct fanout_counts fanout_run(struct fanout *f, double seconds, bool flat_out, bool marked)
{
	struct outbox_counts before = outbox_counts(f->outbox), after;
	uint64_t cpu = thread_cpu_us(), begin = now_us();

	f->marked = marked;
	f->counts = (struct fanout_counts){ 0 };
	f->start_us += begin - due_us(f);
	run_until(f, begin + (uint64_t)(seconds * SECOND_US), flat_out);
	after = outbox_counts(f->outbox);
	f->counts.messages = after.messages - before.messages;
	f->counts.calls = after.calls - before.calls;
	f->counts.failed = after.failed - before.failed;
	f->counts.cpu_us = thread_cpu_us() - cpu;
	f->counts.wall_us = now_us() - begin;
	return f->counts;
}
