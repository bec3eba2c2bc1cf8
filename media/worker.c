/* How a worker starts and stops, and what it tells. See worker.h. */
#include "media/worker_private.h"

#include <errno.h>
#include <unistd.h>

#include "media/base/clock.h"
#include "media/base/log.h"
#include "media/base/mem.h"
#include "media/counter.h"

static int post_event(struct worker *w, const struct media_event *ev)
{
	struct { struct media_event ev; struct path_stats stats; } both;

	if (ev->type != MEDIA_STATS)
		return mailbox_post(w->reports, 0, ev, sizeof(*ev));
	both.ev = *ev;
	both.stats = *ev->stats;
	return mailbox_post(w->reports, 0, &both, sizeof(both));
}

void worker_emit(void *user, const struct media_event *ev)
{
	struct worker *w = user;

	/* Out of memory: control learns from liveness and time-outs what it missed here. */
	if (post_event(w, ev) < 0)
		log_event(LOG_ERROR, "worker.event_lost worker=%u type=%d", w->number, ev->type);
}

/* By ppoll(): epoll stays registered with the media socket, and then each message that has left wakes it up in vain (docs/benchmarks.md). */
static void set_waits(struct worker *w)
{
	const int fds[WAITS] = {
		[WAIT_MEDIA] = w->fd, [WAIT_ORDERS] = mailbox_fd(w->orders), [WAIT_BELL] = bell_fd(exchange_bell(w->exchange, w->number)),
		[WAIT_TCP] = w->links ? tcp_links_fd(w->links) : -1,
	};

	for (size_t i = 0; i < WAITS; i++)
		w->waits[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
}

static int create_parts(struct worker *w, const struct sockaddr_storage *listen, bool tcp, const struct certificate *cert)
{
	int r = counters_create(&w->counters, media_counter_defs, MEDIA_COUNTERS);

	if (r == 0)
		r = worker_open_sockets(w, listen, tcp);
	if (r == 0)
		r = gate_create(&w->gate);
	if (r == 0)
		r = ice_create(&w->ice, worker_find_ufrag, w);
	if (r == 0)
		r = sendqueue_create(&w->queue, w->fd, w->links, w->counters);
	if (r == 0)
		r = dtls_context_create(&w->dtls, cert);
	if (r < 0)
		return r;
	set_waits(w);
	w->buffers = mem_calloc(BATCH, BUFFER_BYTES);
	return w->buffers ? handshakes_init(&w->handshakes, WORKER_PATHS) : -ENOMEM;
}

static struct worker *worker_free(struct worker *w)
{
	for (size_t i = 0; i < w->highest; i++)
		path_destroy(w->paths[i]);
	mirrors_done(&w->mirrors);
	if (w->fd >= 0)
		close(w->fd);
	handshakes_done(&w->handshakes);
	mem_free(w->buffers);
	sendqueue_destroy(w->queue);
	tcp_links_destroy(w->links);
	dtls_context_destroy(w->dtls);
	ice_destroy(w->ice);
	gate_destroy(w->gate);
	counters_destroy(w->counters);
	return mem_free(w);
}

int worker_start(struct worker **ret, uint16_t number, const struct sockaddr_storage *listen, bool tcp, const struct certificate *cert,
                 struct mailbox *reports, struct exchange *exchange)
{
	struct worker *w = mem_zalloc(sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->fd = -1;
	w->number = number;
	w->reports = reports;
	w->exchange = exchange;
	w->orders = exchange_orders(exchange, number);
	r = create_parts(w, listen, tcp, cert);
	if (r == 0) {
		w->handover = (struct handover){ exchange, w->counters, number };
		w->mirrors = (struct mirrors){ .exchange = exchange, .counters = w->counters, .fresh = &w->fresh, .worker = number };
		w->site = (struct path_site){
			.handover = &w->handover,
			.gate = w->gate, .queue = w->queue, .departures = &w->departures, .frames = &w->frames, .fresh = &w->fresh, .counters = w->counters, .dtls = w->dtls,
			.wall_minus_boot_us = clock_wall_us() - clock_boot_us(), .emit = worker_emit, .user = w,
		};
		r = -pthread_create(&w->thread, NULL, worker_run, w);
	}
	if (r < 0) {
		worker_free(w);
		return r;
	}
	*ret = w;
	return 0;
}

struct worker *worker_stop(struct worker *w)
{
	if (!w)
		return NULL;
	/* Without memory for the letter the flag alone would race: try until there is some. */
	while (worker_post(w, ORDER_STOP, NULL, 0) < 0)
		usleep(1000);
	pthread_join(w->thread, NULL);
	return worker_free(w);
}

int worker_post(struct worker *w, enum worker_order order, const void *body, size_t len)
{
	return mailbox_post(w->orders, order, body, len);
}

uint16_t worker_port(const struct worker *w)
{
	return w->port;
}

struct counters *worker_counters(const struct worker *w)
{
	return w->counters;
}

int64_t worker_seen_us(const struct worker *w, uint16_t index)
{
	return index < WORKER_PATHS ? atomic_load_explicit(&w->seen_us[index], memory_order_relaxed) : 0;
}
