/* Datagrams on their way in, by UDP and by TCP. See worker.h. */
#include "media/worker_private.h"

#include <netinet/udp.h>
#include <string.h>

#include "media/base/address.h"
#include "media/base/clock.h"
#include "media/base/macros.h"
#include "media/counter.h"
#include "media/datagram.h"
#include "media/source.h"

#define STAMP_OLDEST_US 1000000

void *worker_find_ufrag(void *user, const char *ufrag, size_t len, const char **ret_pwd)
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
		worker_note_seen(w, p, now_us);
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
		worker_note_seen(w, w->job_paths[i], now_us);
		path_spend(w->job_paths[i], now_us);
		w->frames.arrival_us = w->job_arrivals_us[i];
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
	w->job_arrivals_us[w->n_jobs] = w->arrival_us;
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

/* The kernel's wall clock; one that was set meanwhile is not believed. */
static void note_arrival(struct worker *w, const struct cmsghdr *c, int64_t now_us)
{
	struct timespec stamp;

	memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
	w->arrival_us = CLAMP((int64_t)stamp.tv_sec * 1000000 + stamp.tv_nsec / 1000 - w->wall_minus_boot_us, now_us - STAMP_OLDEST_US, now_us);
}

/* UDP_GRO: the size of the datagrams in a message of several; 0 for one. */
static size_t read_control(struct worker *w, struct msghdr *m, int64_t now_us)
{
	int segment = 0;

	w->arrival_us = now_us;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL)
			note_overflow(w, c);
		else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS)
			note_arrival(w, c, now_us);
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
	size_t left = m->msg_len, segment = read_control(w, &m->msg_hdr, now_us), n = 0;

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
void worker_forward(struct worker *w, int64_t now_us)
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
bool worker_receive_batch(struct worker *w)
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
	w->wall_minus_boot_us = clock_wall_us() - now_us;
	foresee_peers(w, n);
	for (int i = 0; i < n; i++) {
		bytes += w->messages[i].msg_len;
		packets += take_message(w, &w->messages[i], now_us);
	}
	counters_add(w->counters, COUNT_RX_BYTES, bytes);
	counters_add(w->counters, COUNT_RX_PACKETS, (int64_t)packets);
	open_all(w, now_us);
	exchange_publish(w->exchange, w->number);
	worker_forward(w, now_us);
	return n == BATCH;
}

/* Packets by TCP. */

static void on_tcp_packet(void *user, uint8_t *data, size_t len, const struct sockaddr_storage *link, const struct sockaddr_storage *peer,
                          int64_t now_us)
{
	struct worker *w = user;

	counters_add(w->counters, COUNT_RX_PACKETS, 1);
	counters_add(w->counters, COUNT_RX_BYTES, (int64_t)len);
	w->arrival_us = now_us;
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

const struct tcp_links_events worker_tcp_events = { on_tcp_packet, on_tcp_read, is_let_in, on_tcp_gone };
