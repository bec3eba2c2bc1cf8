/* See worker.h. */
#include "media/worker.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <stdalign.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/base/address.h"
#include "media/base/clock.h"
#include "media/base/log.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/datagram.h"
#include "media/gate.h"
#include "media/handover.h"
#include "media/handshakes.h"
#include "media/ice.h"
#include "media/mirror.h"
#include "media/path.h"
#include "media/rtp.h"
#include "media/sendqueue.h"
#include "media/source.h"
#include "media/tcp_links.h"

#define BATCH 32                        /* messages of one receive call */
#define JOBS 64                         /* packets opened at once */
#define BUFFER_BYTES 65536              /* a message is up to 64 kB of datagrams of one size (UDP GRO) */
#define SOCKET_BUFFER_BYTES (4 << 20)
#define BATCHES_A_TURN 8                /* then letters, DTLS and time get their turn */
#define PORTS_TRIED 16                  /* for one that is free for UDP and TCP, when any will do */
#define TCP_TICK_US 1000000
enum { READY_TCP = 1, READY_BELL };     /* what epoll says of them; the rest is looked at anyway */
#define TICK_US 25000
#define TICK_PHASES 2                   /* each path has its 50 ms tick in one of two */
#define TURN_SENDS 256                  /* then receiving gets its turn (media.md, Sending) */
#define GATHER_US 1000                  /* in a busy time a turn begins at most once in this time, twice that with much to send: what comes meanwhile leaves together */
#define COMPANY_PACKETS 250             /* sent from one tick to the next, 10,000 a second: from then on sound and thumbnails wait for company */
#define BUSY_US 3000                    /* turns that follow each other faster make a busy time */
#define LOOK_US 10000                   /* in a busy time TCP's listener and bells are asked so often */

_Static_assert(DEPARTURES_MOST >= 2 * WORKER_PATHS, "every path may depart");

struct worker {
	uint16_t number;
	uint16_t port;
	pthread_t thread;
	struct exchange *exchange;              /* given */
	struct mailbox *orders;                 /* given: ours of the exchange */
	struct mailbox *reports;                /* given */
	struct counters *counters;              /* owned */
	_Atomic int64_t seen_us[WORKER_PATHS];  /* written here, read by control */

	/* media thread */
	int fd;
	int epoll;
	bool stop;
	struct gate *gate;                      /* owned */
	struct ice *ice;                        /* owned */
	struct sendqueue *queue;                /* owned */
	struct tcp_links *links;                /* owned; NULL: UDP only */
	int64_t next_tcp_tick_us;
	struct departures departures;
	uint64_t sent_before;                   /* at the last tick */
	struct source *fresh;                   /* have news for their slots */
	struct handover handover;
	struct mirrors mirrors;
	struct dtls_context *dtls;              /* owned */
	struct path_site site;
	struct path *paths[WORKER_PATHS];       /* owned */
	size_t highest;                         /* no path at or above this index */
	bool worked;                            /* this turn had packets to take or to send */
	int64_t look_us;                        /* when epoll is to be asked again, however busy it is */
	int64_t next_tick_us;
	unsigned phase;
	bool ticking;                           /* a tick has come as far as tick_at */
	size_t tick_at;
	struct handshakes handshakes;           /* owns memory */
	struct srtp_job jobs[JOBS];
	struct path *job_paths[JOBS];
	size_t n_jobs;
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	struct sockaddr_storage from[BATCH];
	alignas(struct cmsghdr) uint8_t control[BATCH][CMSG_SPACE(sizeof(uint32_t)) + CMSG_SPACE(sizeof(int))];
	uint8_t *buffers;                       /* owned, BATCH of BUFFER_BYTES */
	uint32_t overflow;                      /* SO_RXQ_OVFL at the last look */
};

static int post_event(struct worker *w, const struct media_event *ev)
{
	struct { struct media_event ev; struct path_stats stats; } both;

	if (ev->type != MEDIA_STATS)
		return mailbox_post(w->reports, 0, ev, sizeof(*ev));
	both.ev = *ev;
	both.stats = *ev->stats;
	return mailbox_post(w->reports, 0, &both, sizeof(both));
}

static void emit(void *user, const struct media_event *ev)
{
	struct worker *w = user;

	/* Out of memory: control learns from liveness and time-outs what it missed here. */
	if (post_event(w, ev) < 0)
		log_event(LOG_ERROR, "worker.event_lost worker=%u type=%d", w->number, ev->type);
}

static struct path *find_path(struct worker *w, struct path_id id)
{
	struct path *p = id.index < WORKER_PATHS ? w->paths[id.index] : NULL;

	return p && path_id_equal(path_id(p), id) ? p : NULL;
}

static void note_seen(struct worker *w, const struct path *p, int64_t now_us)
{
	atomic_store_explicit(&w->seen_us[path_id(p).index], now_us, memory_order_relaxed);
}

/* Orders from control. */

static void do_open(struct worker *w, const struct order_open *o, int64_t now_us)
{
	int r;

	/* Control gives an index anew only after it ordered the old path closed, and orders keep their order. */
	assert(!w->paths[o->id.index]);
	atomic_store_explicit(&w->seen_us[o->id.index], 0, memory_order_relaxed);
	r = path_create(&w->paths[o->id.index], &w->site, o->id, &o->cfg, now_us);
	if (r < 0) {
		struct media_event ev = { .type = MEDIA_PATH_DOWN, .path = o->id };

		ev.down.reason = PATH_DOWN_DTLS;
		emit(w, &ev);
		log_event(LOG_ERROR, "worker.path_refused worker=%u err=%d", w->number, r);
		return;
	}
	w->highest = MAX(w->highest, (size_t)o->id.index + 1);
}

static void do_close(struct worker *w, const struct order_close *o)
{
	struct path *p = find_path(w, o->id);

	if (!p)
		return;
	w->paths[o->id.index] = path_destroy(p);
	while (w->highest > 0 && !w->paths[w->highest - 1])
		w->highest--;
}

/* Wherever it is: of another worker there is a mirror. NULL for none. */
static struct track *find_track(struct worker *w, struct path_id id, enum source_kind kind, int64_t now_us)
{
	struct path *p;

	if (id.generation == 0)
		return NULL;
	if (id.worker != w->number)
		return mirrors_track(&w->mirrors, id, kind, now_us);
	p = find_path(w, id);
	return p ? path_track(p, kind) : NULL;
}

static void do_bind(struct worker *w, const struct order_bind *o, int64_t now_us)
{
	struct path *p = find_path(w, o->id);
	struct slot *slot = p ? path_slot(p, o->slot) : NULL;

	if (!slot)
		return;
	slot_want(slot, o->wish);
	slot_bind(slot, find_track(w, o->source, o->kind, now_us), o->binding, now_us);
}

static void do_want(struct worker *w, const struct order_want *o)
{
	struct path *p = find_path(w, o->id);
	struct slot *slot = p ? path_slot(p, o->slot) : NULL;

	if (slot)
		slot_want(slot, o->wish);
}

static void do_limit(struct worker *w, const struct order_limit *o)
{
	struct path *p = find_path(w, o->id);

	if (p)
		path_limit(p, o->bps);
}

static void do_negotiated(struct worker *w, const struct order_negotiated *o, int64_t now_us)
{
	struct path *p = find_path(w, o->id);

	if (p && path_negotiated(p, &o->negotiated, now_us) < 0)
		log_event(LOG_ERROR, "worker.no_memory worker=%u", w->number);
}

static void do_restart(struct worker *w, const struct order_restart *o)
{
	struct path *p = find_path(w, o->id);

	if (p && path_restart(p, &o->local) < 0)
		log_event(LOG_WARNING, "worker.restart_failed worker=%u", w->number);
}

static void do_gate(struct worker *w, const struct order_gate *o, int64_t now_us)
{
	struct path *p = find_path(w, o->id);

	if (p)
		track_set_gate(path_track(p, o->kind), o->open, now_us);
}

/* Orders from other workers: it can be that the path has closed meanwhile. */

static void do_subscribe(struct worker *w, const struct order_subscribe *o, int64_t now_us)
{
	struct order_track gone = { .id = o->id, .kind = o->kind };
	struct path *p = find_path(w, o->id);

	if (p)
		handover_subscribe(path_track(p, o->kind), o->reader, o->serial, now_us);
	else if (mailbox_post(exchange_orders(w->exchange, o->reader), ORDER_GONE, &gone, sizeof(gone)) < 0)
		log_event(LOG_ERROR, "worker.no_memory worker=%u", w->number);
}

static void do_unsubscribe(struct worker *w, const struct order_subscribe *o)
{
	struct path *p = find_path(w, o->id);

	if (p)
		handover_unsubscribe(path_track(p, o->kind), o->reader);
}

static void do_keyframe(struct worker *w, const struct order_keyframe *o, int64_t now_us)
{
	struct path *p = find_path(w, o->id);
	struct source *s = p && o->layer < MAX_LAYERS ? path_track(p, o->kind)->layers[o->layer] : NULL;

	if (s)
		source_want_keyframe(s, now_us);
}

static void do_layers(struct worker *w, const struct order_layers *o)
{
	struct path *p = find_path(w, o->id);

	if (p)
		handover_want(path_track(p, o->kind), o->reader, o->mask);
}

static void do_gone(struct worker *w, const struct order_track *o)
{
	mirrors_on_gone(&w->mirrors, o->id, o->kind);
}

static void obey(struct worker *w, const struct letter *l, int64_t now_us)
{
	switch ((enum worker_order)l->type) {
	case ORDER_OPEN:
		do_open(w, l->data, now_us);
		break;
	case ORDER_NEGOTIATED:
		do_negotiated(w, l->data, now_us);
		break;
	case ORDER_RESTART:
		do_restart(w, l->data);
		break;
	case ORDER_CLOSE:
		do_close(w, l->data);
		break;
	case ORDER_GATE:
		do_gate(w, l->data, now_us);
		break;
	case ORDER_BIND:
		do_bind(w, l->data, now_us);
		break;
	case ORDER_WANT:
		do_want(w, l->data);
		break;
	case ORDER_LIMIT:
		do_limit(w, l->data);
		break;
	case ORDER_SUBSCRIBE:
		do_subscribe(w, l->data, now_us);
		break;
	case ORDER_UNSUBSCRIBE:
		do_unsubscribe(w, l->data);
		break;
	case ORDER_KEYFRAME:
		do_keyframe(w, l->data, now_us);
		break;
	case ORDER_LAYERS:
		do_layers(w, l->data);
		break;
	case ORDER_GONE:
		do_gone(w, l->data);
		break;
	case ORDER_STOP:
		w->stop = true;
		break;
	}
}

static void take_orders(struct worker *w)
{
	struct letter *l;

	while (!w->stop && (l = mailbox_take(w->orders))) {
		obey(w, l, clock_boot_us());
		letter_free(l);
	}
}

/* Datagrams. */

static void *find_ufrag(void *user, const char *ufrag, size_t len, const char **ret_pwd)
{
	struct worker *w = user;

	return gate_find_ufrag(w->gate, ufrag, len, ret_pwd);
}

/* `seen` is what the peer is told that it came from: by TCP the other end, while `from` is the link. */
static void on_stun(struct worker *w, const uint8_t *data, size_t len, const struct sockaddr_storage *from, socklen_t from_len,
                    const struct sockaddr_storage *seen, int64_t now_us)
{
	static const enum media_counter counted[] = {
		[ICE_ANSWER] = COUNT_STUN_ANSWERED,       [ICE_CONFLICT] = COUNT_STUN_ROLE_CONFLICT,
		[ICE_INDICATION] = COUNT_STUN_INDICATIONS, [ICE_UNAUTHENTICATED] = COUNT_STUN_UNAUTHENTICATED,
		[ICE_MALFORMED] = COUNT_STUN_MALFORMED,
	};
	struct ice_check check;
	enum ice_verdict verdict = ice_receive(w->ice, &check, data, len, (const struct sockaddr *)seen, address_len(seen));

	counters_add(w->counters, counted[verdict], 1);
	if (verdict != ICE_ANSWER && verdict != ICE_CONFLICT)
		return;
	memcpy(sendqueue_begin(w->queue), check.reply, check.reply_len);
	sendqueue_commit(w->queue, check.reply_len, NULL, false, from, from_len);
	if (verdict == ICE_ANSWER) {
		struct path *p = path_of_pass(check.owner);

		path_on_check(p, check.pwd, check.use_candidate, from, from_len, now_us);
		note_seen(w, p, now_us);
	}
}

static void queue_dtls(struct worker *w, struct path *p, const uint8_t *data, size_t len, const struct sockaddr_storage *from,
                       socklen_t from_len)
{
	if (!path_admits_dtls(p, data, len) || handshakes_add(&w->handshakes, path_id(p), path_shakes(p), data, len, from, from_len) < 0)
		counters_add(w->counters, COUNT_DTLS_DROPPED, 1);
}

static void open_all(struct worker *w, int64_t now_us)
{
	for (size_t i = 0; i < w->n_jobs; i++)
		if (w->jobs[i].rtcp)
			path_foresee(w->job_paths[i], FORESEE_RTCP);
	open_batch(w->jobs, w->n_jobs);
	for (size_t i = 0; i < w->n_jobs; i++) {
		const struct srtp_job *j = &w->jobs[i];

		if (j->result != SRTP_OK) {
			counters_add(w->counters, j->result == SRTP_REPLAYED ? COUNT_DROP_REPLAYED : COUNT_DROP_BAD_TAG, 1);
			continue;
		}
		note_seen(w, w->job_paths[i], now_us);
		path_spend(w->job_paths[i], now_us);
		if (j->rtcp)
			path_on_rtcp(w->job_paths[i], j->out, j->out_len, now_us);
		else
			path_on_rtp(w->job_paths[i], j->out, j->out_len, now_us);
	}
	w->n_jobs = 0;
}

static void queue_srtp(struct worker *w, struct path *p, uint8_t *data, size_t len, bool rtcp, int64_t now_us)
{
	struct srtp *keys = path_open_keys(p);
	struct srtp_job *j;

	if (!keys) {
		counters_add(w->counters, COUNT_DROP_NO_KEYS, 1);
		return;
	}
	if (path_floods(p, now_us)) {
		counters_add(w->counters, COUNT_DROP_FLOOD, 1);
		return;
	}
	if (w->n_jobs == JOBS)
		open_all(w, now_us);
	w->job_paths[w->n_jobs] = p;
	j = &w->jobs[w->n_jobs++];
	*j = (struct srtp_job){ .srtp = keys, .in = data, .in_len = len, .out_size = len, .rtcp = rtcp };
	j->out = data;
}

/* Behind the address gate; NULL and counted for whoever has not passed it. */
static struct path *find_gated(struct worker *w, const struct sockaddr_storage *from)
{
	struct gate_pass *pass = gate_find_address(w->gate, from);

	if (!pass)
		counters_add(w->counters, COUNT_DROP_UNGATED, 1);
	return pass ? path_of_pass(pass) : NULL;
}

static void on_datagram(struct worker *w, uint8_t *data, size_t len, const struct sockaddr_storage *from, socklen_t from_len,
                        const struct sockaddr_storage *seen, int64_t now_us)
{
	enum datagram_kind kind = datagram_kind(data, len);
	struct path *p;

	switch (kind) {
	case DATAGRAM_STUN:
		on_stun(w, data, len, from, from_len, seen, now_us);
		break;
	case DATAGRAM_DTLS:
		p = find_gated(w, from);
		if (p)
			queue_dtls(w, p, data, len, from, from_len);
		break;
	case DATAGRAM_SRTP:
	case DATAGRAM_SRTCP:
		p = find_gated(w, from);
		if (p)
			queue_srtp(w, p, data, len, kind == DATAGRAM_SRTCP, now_us);
		break;
	case DATAGRAM_OVERSIZE:
		counters_add(w->counters, COUNT_DROP_OVERSIZE, 1);
		break;
	case DATAGRAM_UNKNOWN:
		counters_add(w->counters, COUNT_DROP_UNKNOWN_KIND, 1);
		break;
	}
}

/* SO_RXQ_OVFL: how many datagrams the kernel dropped since the socket was made. */
static void note_overflow(struct worker *w, const struct cmsghdr *c)
{
	uint32_t total;

	memcpy(&total, CMSG_DATA(c), sizeof(total));
	counters_add(w->counters, COUNT_DROP_SOCKET_OVERFLOW, (int64_t)(total - w->overflow));
	w->overflow = total;
}

/* UDP_GRO: the size of the datagrams in a message of several; 0 for one. */
static size_t read_control(struct worker *w, struct msghdr *m)
{
	int segment = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL)
			note_overflow(w, c);
		else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO)
			memcpy(&segment, CMSG_DATA(c), sizeof(segment));
	}
	return segment > 0 ? (size_t)segment : 0;
}

static void prepare_messages(struct worker *w)
{
	for (size_t i = 0; i < BATCH; i++) {
		w->vectors[i] = (struct iovec){ w->buffers + i * BUFFER_BYTES, BUFFER_BYTES };
		w->messages[i].msg_hdr = (struct msghdr){
			.msg_name = &w->from[i], .msg_namelen = sizeof(w->from[i]), .msg_iov = &w->vectors[i], .msg_iovlen = 1,
			.msg_control = w->control[i], .msg_controllen = sizeof(w->control[i]),
		};
	}
}

/* All datagrams of one message; how many. The bound of 1,500 bytes holds for each (media.md, Paths). */
static size_t take_message(struct worker *w, struct mmsghdr *m, int64_t now_us)
{
	uint8_t *data = m->msg_hdr.msg_iov->iov_base;
	size_t left = m->msg_len, segment = read_control(w, &m->msg_hdr), n = 0;

	if (segment == 0)
		segment = left;
	do {
		size_t len = MIN(segment, left);

		on_datagram(w, data, len, m->msg_hdr.msg_name, m->msg_hdr.msg_namelen, m->msg_hdr.msg_name, now_us);
		data += len;
		left -= len;
		n++;
	} while (left > 0);
	return n;
}

/* Slots are told what came to the sources that they show. */
static void forward(struct worker *w, int64_t now_us)
{
	struct source *s = w->fresh;

	while (s) {
		struct source *next = s->next_fresh;

		source_forward(s, now_us);
		s = next;
	}
	w->fresh = NULL;
}

/* Hundreds of peers are in no cache. */
static void foresee_peers(struct worker *w, int n)
{
	for (int i = 0; i < n; i++)
		gate_foresee(w->gate, &w->from[i]);
	for (int i = 0; i < n; i++) {
		struct gate_pass *pass = gate_find_address(w->gate, &w->from[i]);

		if (pass)
			path_foresee(path_of_pass(pass), FORESEE_PATH);
	}
}

/* One batch; true when there may be more. */
static bool receive_batch(struct worker *w)
{
	int64_t now_us, bytes = 0;
	size_t packets = 0;
	int n;

	prepare_messages(w);
	n = recvmmsg(w->fd, w->messages, BATCH, MSG_DONTWAIT, NULL);
	if (n <= 0)
		return false;
	w->worked = true;
	now_us = clock_boot_us();
	foresee_peers(w, n);
	for (int i = 0; i < n; i++) {
		bytes += w->messages[i].msg_len;
		packets += take_message(w, &w->messages[i], now_us);
	}
	counters_add(w->counters, COUNT_RX_BYTES, bytes);
	counters_add(w->counters, COUNT_RX_PACKETS, (int64_t)packets);
	open_all(w, now_us);
	exchange_publish(w->exchange, w->number);
	forward(w, now_us);
	return n == BATCH;
}

/* Packets by TCP. */

static void on_tcp_packet(void *user, uint8_t *data, size_t len, const struct sockaddr_storage *link, const struct sockaddr_storage *peer,
                          int64_t now_us)
{
	struct worker *w = user;

	counters_add(w->counters, COUNT_RX_PACKETS, 1);
	counters_add(w->counters, COUNT_RX_BYTES, (int64_t)len);
	on_datagram(w, data, len, link, sizeof(struct sockaddr_in6), peer, now_us);
}

static void on_tcp_read(void *user, int64_t now_us)
{
	open_all(user, now_us);
}

static bool is_let_in(void *user, const struct sockaddr_storage *link)
{
	struct worker *w = user;

	return gate_find_address(w->gate, link);
}

static void on_tcp_gone(void *user, const struct sockaddr_storage *link, int64_t now_us)
{
	struct worker *w = user;
	struct gate_pass *pass = gate_find_address(w->gate, link);

	if (pass)
		path_on_address_gone(path_of_pass(pass), link, now_us);
}

static void serve_tcp(struct worker *w, bool ready)
{
	int64_t now_us = clock_boot_us();

	if (ready) {
		tcp_links_turn(w->links, now_us);
		forward(w, now_us);
	}
	if (now_us >= w->next_tcp_tick_us) {
		w->next_tcp_tick_us = now_us + TCP_TICK_US;
		tcp_links_tick(w->links, now_us);
	}
}

/* Those whose time has come, at most TURN_SENDS packets; the rest waits for the next turn. */
static void depart(struct worker *w, int64_t now_us)
{
	uint64_t committed = sendqueue_committed(w->queue);
	struct departure *d;

	while (sendqueue_committed(w->queue) - committed < TURN_SENDS && (d = departures_take(&w->departures, now_us))) {
		w->worked = true;
		path_prefetch(&w->departures, now_us);
		path_depart(path_of_departure(d), now_us);
	}
	sendqueue_flush(w->queue);
}

static void step_handshake(struct worker *w, int64_t now_us)
{
	const struct handshake_packet *h = handshakes_take(&w->handshakes);
	struct path *p = find_path(w, h->id);

	if (p && path_admits_dtls(p, h->data, h->len))
		path_on_dtls(p, h->data, h->len, &h->from, h->from_len, now_us);
}

/* In what is left of the turn, one at least; media that are due go before the next (media.md, Sending). */
static void step_handshakes(struct worker *w, int64_t begun_us)
{
	int64_t now_us = clock_boot_us();

	if (!handshakes_wait(&w->handshakes))
		return;
	do {
		step_handshake(w, now_us);
		now_us = clock_boot_us();
	} while (handshakes_wait(&w->handshakes) && now_us - begun_us < GATHER_US && departures_due_us(&w->departures) > now_us);
	sendqueue_flush(w->queue);
}

static void begin_tick(struct worker *w, int64_t now_us)
{
	uint64_t sent = sendqueue_committed(w->queue);

	w->departures.company = sent - w->sent_before >= COMPANY_PACKETS;
	w->sent_before = sent;
	/* Late ticks are not made up for. */
	w->next_tick_us = MAX(w->next_tick_us + TICK_US, now_us);
	w->phase = (w->phase + 1) % TICK_PHASES;
	w->tick_at = w->phase;
	w->ticking = true;
	if (w->phase == 0)
		mirrors_tick(&w->mirrors, now_us);
}

static void foresee_tick(const struct worker *w, size_t at, enum path_foresight what)
{
	if (at < w->highest && w->paths[at])
		path_foresee(w->paths[at], what);
}

static void tick(struct worker *w, int64_t now_us)
{
	uint64_t committed = sendqueue_committed(w->queue);

	if (!w->ticking && now_us >= w->next_tick_us)
		begin_tick(w, now_us);
	while (w->ticking && sendqueue_committed(w->queue) - committed < TURN_SENDS) {
		w->ticking = w->tick_at < w->highest;
		foresee_tick(w, w->tick_at + 6 * TICK_PHASES, FORESEE_PATH);
		foresee_tick(w, w->tick_at + 3 * TICK_PHASES, FORESEE_TICK);
		if (w->ticking && w->paths[w->tick_at])
			path_tick(w->paths[w->tick_at], now_us);
		w->tick_at += TICK_PHASES;
	}
	sendqueue_flush(w->queue);
}

static int64_t wait_us(const struct worker *w, bool more, int64_t now_us)
{
	int64_t due_us = MIN(w->next_tick_us, departures_due_us(&w->departures));

	if (more || w->ticking || handshakes_wait(&w->handshakes))
		return 0;
	if (w->highest == 0)
		return 1000000;
	return MAX(due_us - now_us, 0);
}

/* Fewer, fuller turns: each packet costs half as much when four leave in one message (docs/benchmarks.md). False: there was no time. */
static bool gather(const struct worker *w, int64_t begun_us)
{
	int64_t end_us = begun_us + (w->departures.company ? 2 : 1) * GATHER_US;
	struct timespec until = { end_us / 1000000, end_us % 1000000 * 1000 };

	/* What is left of a full turn goes on at once. */
	if (handshakes_wait(&w->handshakes) || w->ticking || departures_due_us(&w->departures) <= clock_boot_us())
		return false;
	clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, NULL);
	return true;
}

/* Once something has been waited for by gather() the socket and the mailbox are looked at without being asked about before. */
static bool must_look(const struct worker *w, int64_t now_us)
{
	return now_us >= w->look_us || (w->links && tcp_links_any(w->links));
}

/* True when there is something to do by TCP. */
static bool wait_for_work(struct worker *w, bool more)
{
	struct bell *bell = exchange_bell(w->exchange, w->number);
	int64_t now_us = clock_boot_us();
	int64_t us = wait_us(w, more, now_us);
	struct epoll_event events[4];
	bool tcp = false, rung = false;
	struct timespec wait;
	int n;

	if (us > 0)
		bell_before_sleep(bell);
	if (us > 0 && mirrors_have_news(&w->mirrors))
		us = 0;
	wait = (struct timespec){ us / 1000000, us % 1000000 * 1000 };
	n = epoll_pwait2(w->epoll, events, 4, &wait, NULL);
	for (int i = 0; i < n; i++) {
		tcp = tcp || events[i].data.u32 == READY_TCP;
		rung = rung || events[i].data.u32 == READY_BELL;
	}
	bell_after_sleep(bell, rung);
	w->look_us = now_us + us + LOOK_US;
	return tcp;
}

/* What the other workers have handed over. True when there may be more. */
static bool receive_relayed(struct worker *w)
{
	int64_t now_us = clock_boot_us();
	bool more = mirrors_receive(&w->mirrors, now_us);

	w->worked = w->worked || w->fresh;
	forward(w, now_us);
	return more;
}

/* True when more waits already. */
static bool turn(struct worker *w, bool tcp_ready, int64_t begun_us)
{
	bool more_relayed, more = true;

	w->worked = false;
	/* Orders first: a check that follows an answer must find its path. */
	take_orders(w);
	more_relayed = receive_relayed(w);
	for (int i = 0; more && i < BATCHES_A_TURN; i++)
		more = receive_batch(w);
	if (w->links)
		serve_tcp(w, tcp_ready);
	depart(w, clock_boot_us());
	step_handshakes(w, begun_us);
	tick(w, clock_boot_us());
	exchange_publish(w->exchange, w->number);
	return more || more_relayed;
}

static void *run(void *arg)
{
	struct worker *w = arg;
	bool more = false, gathered = false, tcp_ready;
	int64_t begun_us = 0, before_us;

	log_use_ring();
	prctl(PR_SET_TIMERSLACK, 1000UL);
	w->next_tick_us = clock_boot_us();
	while (!w->stop) {
		before_us = begun_us;
		begun_us = clock_boot_us();
		tcp_ready = false;
		if (!gathered || must_look(w, begun_us)) {
			tcp_ready = wait_for_work(w, more || gathered);
			begun_us = clock_boot_us();
		}
		more = turn(w, tcp_ready, begun_us);
		/* A turn that found nothing is followed by waiting for something. */
		gathered = !more && w->worked && begun_us - before_us < BUSY_US && gather(w, begun_us);
	}
	return NULL;
}

/* Start and stop. */

static void ask_buffer(int fd, int force, int plain)
{
	int bytes = SOCKET_BUFFER_BYTES;

	if (setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof(bytes));
}

static int buffer_given(int fd, int option)
{
	socklen_t len = sizeof(int);
	int bytes = 0;

	getsockopt(fd, SOL_SOCKET, option, &bytes, &len);
	return bytes;
}

static int open_socket(struct worker *w, const struct sockaddr_storage *listen)
{
	int on = 1, only = !address_takes_both(listen), never = IP_PMTUDISC_PROBE;
	struct sockaddr_storage bound = { 0 };
	socklen_t len = sizeof(bound);

	w->fd = socket(listen->ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->fd < 0)
		return -errno;
	ask_buffer(w->fd, SO_RCVBUFFORCE, SO_RCVBUF);
	ask_buffer(w->fd, SO_SNDBUFFORCE, SO_SNDBUF);
	setsockopt(w->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	setsockopt(w->fd, SOL_UDP, UDP_GRO, &on, sizeof(on));
	/* Nothing of ours needs fragments: then the kernel need not draw a number for each message (3 to 6 % of sending). */
	setsockopt(w->fd, IPPROTO_IP, IP_MTU_DISCOVER, &never, sizeof(never));
	if (listen->ss_family == AF_INET6)
		setsockopt(w->fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
	if (bind(w->fd, (const struct sockaddr *)listen, address_len(listen)) < 0)
		return -errno;
	getsockname(w->fd, (struct sockaddr *)&bound, &len);
	w->port = address_port(&bound);
	log_event(LOG_INFO, "worker.listening worker=%u port=%u rcvbuf=%d sndbuf=%d", w->number, w->port, buffer_given(w->fd, SO_RCVBUF),
	          buffer_given(w->fd, SO_SNDBUF));
	return 0;
}

static int open_tcp(struct worker *w, const struct sockaddr_storage *listen)
{
	static const struct tcp_links_events events = { on_tcp_packet, on_tcp_read, is_let_in, on_tcp_gone };
	struct sockaddr_storage at = *listen;

	address_set_port(&at, w->port);
	return tcp_links_create(&w->links, &at, w->counters, &events, w);
}

/* One port number for both. Where any will do, that of UDP may be taken for TCP: then another. */
static int open_sockets(struct worker *w, const struct sockaddr_storage *listen, bool tcp)
{
	int r = open_socket(w, listen);

	for (int i = 1; r == 0 && tcp; i++) {
		r = open_tcp(w, listen);
		if (r != -EADDRINUSE || address_port(listen) != 0 || i == PORTS_TRIED)
			break;
		close(w->fd);
		r = open_socket(w, listen);
	}
	return r;
}

static int open_epoll(struct worker *w)
{
	struct epoll_event on_media = { .events = EPOLLIN }, on_orders = { .events = EPOLLIN }, on_bell = { .events = EPOLLIN, .data.u32 = READY_BELL };
	struct epoll_event on_tcp = { .events = EPOLLIN, .data.u32 = READY_TCP };

	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0 || epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->fd, &on_media) < 0 ||
	    epoll_ctl(w->epoll, EPOLL_CTL_ADD, mailbox_fd(w->orders), &on_orders) < 0 ||
	    epoll_ctl(w->epoll, EPOLL_CTL_ADD, bell_fd(exchange_bell(w->exchange, w->number)), &on_bell) < 0 ||
	    (w->links && epoll_ctl(w->epoll, EPOLL_CTL_ADD, tcp_links_fd(w->links), &on_tcp) < 0))
		return -errno;
	return 0;
}

static int create_parts(struct worker *w, const struct sockaddr_storage *listen, bool tcp, const struct certificate *cert)
{
	int r = counters_create(&w->counters, media_counter_defs, MEDIA_COUNTERS);

	if (r == 0)
		r = open_sockets(w, listen, tcp);
	if (r == 0)
		r = open_epoll(w);
	if (r == 0)
		r = gate_create(&w->gate);
	if (r == 0)
		r = ice_create(&w->ice, find_ufrag, w);
	if (r == 0)
		r = sendqueue_create(&w->queue, w->fd, w->links, w->counters);
	if (r == 0)
		r = dtls_context_create(&w->dtls, cert);
	if (r < 0)
		return r;
	w->buffers = mem_calloc(BATCH, BUFFER_BYTES);
	return w->buffers ? handshakes_init(&w->handshakes, WORKER_PATHS) : -ENOMEM;
}

static struct worker *worker_free(struct worker *w)
{
	for (size_t i = 0; i < w->highest; i++)
		path_destroy(w->paths[i]);
	mirrors_done(&w->mirrors);
	if (w->epoll >= 0)
		close(w->epoll);
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
	w->fd = w->epoll = -1;
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
			.gate = w->gate, .queue = w->queue, .departures = &w->departures, .fresh = &w->fresh, .counters = w->counters, .dtls = w->dtls,
			.wall_minus_boot_us = clock_wall_us() - clock_boot_us(), .emit = emit, .user = w,
		};
		r = -pthread_create(&w->thread, NULL, run, w);
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
