/* See sendqueue.h. */
#include "media/sendqueue.h"

#include <errno.h>
#include <netinet/udp.h>
#include <stdalign.h>
#include <string.h>
#include <sys/socket.h>

#include "media/base/bytes.h"
#include "media/base/log.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"
#include "media/tcp_links.h"

#define PACKETS 128                     /* 200 kB: they stay in the second-level cache until they are sent */
#define MESSAGE_SEGMENTS 64             /* UDP_MAX_SEGMENTS is 64 up to Linux 6.8 */
#define MESSAGE_BYTES 60000
#define MOST_PADDING 255                /* its length is a byte (RFC 3550 §5.1) */

/* A packet of the open group. */
struct member {
	uint16_t packet;                /* index of its buffer */
	uint16_t len;
	uint16_t rank;                  /* sorts: the smallest length among it and its stream's packets before it */
	uint16_t number_at;
	uint32_t ssrc;
};

/* Whoever wants what a packet was sealed to. */
struct keep {
	uint16_t packet;
	uint16_t size;
	uint16_t *ret_len;              /* given */
	uint8_t *data;                  /* given */
};

struct message {
	uint16_t first, n;              /* of vectors */
	socklen_t to_len;
	struct sockaddr_storage to;
	alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(uint16_t))];
};

struct sendqueue {
	int fd;                         /* given */
	struct tcp_links *links;        /* given, or NULL */
	struct counters *counters;      /* given */
	bool no_gso;                    /* the device refused it */
	uint64_t committed;
	size_t n_packets;               /* buffers taken */
	size_t n_jobs;
	size_t n_vectors;
	size_t n_messages;
	size_t n_keeps;
	struct keep keeps[PACKETS];
	struct group_cfg group;
	size_t n_members;
	struct member members[SENDQUEUE_GROUP];
	struct srtp_job jobs[PACKETS];
	uint16_t vector_of_job[PACKETS];
	struct iovec vectors[PACKETS];  /* one a packet, in sending order */
	struct message messages[PACKETS];
	struct mmsghdr headers[PACKETS];
	uint8_t buffers[PACKETS][SENDQUEUE_PACKET_BYTES];
};

int sendqueue_create(struct sendqueue **ret, int fd, struct tcp_links *links, struct counters *counters)
{
	struct sendqueue *q = mem_zalloc(sizeof(*q));

	if (!q)
		return -ENOMEM;
	q->fd = fd;
	q->links = links;
	q->counters = counters;
	*ret = q;
	return 0;
}

struct sendqueue *sendqueue_destroy(struct sendqueue *q)
{
	return mem_free(q);
}

uint8_t *sendqueue_begin(struct sendqueue *q)
{
	if (q->n_packets == PACKETS)
		sendqueue_flush(q);
	return q->buffers[q->n_packets];
}

/* The packet at `packet` is the next to leave, in the open message. */
static void append(struct sendqueue *q, size_t packet, size_t len, struct srtp *srtp, bool rtcp)
{
	size_t v = q->n_vectors++;

	q->committed++;
	q->vectors[v] = (struct iovec){ q->buffers[packet], len };
	q->messages[q->n_messages - 1].n++;
	if (!srtp)
		return;
	q->vector_of_job[q->n_jobs] = (uint16_t)v;
	q->jobs[q->n_jobs++] = (struct srtp_job){
		.srtp = srtp, .in = q->buffers[packet], .in_len = len, .out = q->buffers[packet], .out_size = SENDQUEUE_PACKET_BYTES,
		.rtcp = rtcp,
	};
}

static void open_message(struct sendqueue *q, const struct sockaddr_storage *to, socklen_t to_len)
{
	struct message *m = &q->messages[q->n_messages++];

	m->first = (uint16_t)q->n_vectors;
	m->n = 0;
	m->to_len = to_len;
	memcpy(&m->to, to, to_len);
}

void sendqueue_commit(struct sendqueue *q, size_t len, struct srtp *srtp, bool rtcp, const struct sockaddr_storage *to,
                      socklen_t to_len)
{
	open_message(q, to, to_len);
	append(q, q->n_packets++, len, srtp, rtcp);
}

uint64_t sendqueue_committed(const struct sendqueue *q)
{
	return q->committed;
}

/* Groups. */

void sendqueue_begin_group(struct sendqueue *q, const struct group_cfg *cfg)
{
	if (PACKETS - q->n_packets < SENDQUEUE_GROUP)
		sendqueue_flush(q);
	q->group = *cfg;
	q->n_members = 0;
}

size_t sendqueue_group_room(const struct sendqueue *q)
{
	return SENDQUEUE_GROUP - q->n_members;
}

/* Kept sorted by rank as packets come: there are few, and most come in order. */
void sendqueue_add(struct sendqueue *q, size_t len, size_t number_at)
{
	struct member m = { (uint16_t)q->n_packets, (uint16_t)len, (uint16_t)len, (uint16_t)number_at,
		            read_u32(q->buffers[q->n_packets] + 8) };
	size_t at = q->n_members++;

	q->n_packets++;
	for (size_t i = 0; i < at; i++)
		if (q->members[i].ssrc == m.ssrc)
			m.rank = MIN(m.rank, q->members[i].rank);
	for (; at > 0 && q->members[at - 1].rank < m.rank; at--)
		q->members[at] = q->members[at - 1];
	q->members[at] = m;
}

void sendqueue_keep(struct sendqueue *q, uint8_t *data, size_t size, uint16_t *ret_len)
{
	struct keep *k;

	if (q->n_keeps == PACKETS)
		return;
	k = &q->keeps[q->n_keeps++];
	k->packet = (uint16_t)(q->n_packets - 1);
	k->size = (uint16_t)size;
	k->ret_len = ret_len;
	k->data = data;
}

static void pad(struct sendqueue *q, struct member *m, size_t len)
{
	uint8_t *data = q->buffers[m->packet];
	size_t n = len - m->len;

	memset(data + m->len, 0, n);
	data[len - 1] = (uint8_t)n;
	data[0] |= 0x20;
	m->len = (uint16_t)len;
	counters_add(q->counters, COUNT_TX_PADDING_BYTES, (int64_t)n);
}

/* Padding pays where another packet follows in the same message. Not on top of a sender's own. */
static bool may_pad(const struct sendqueue *q, size_t i, size_t len)
{
	const struct member *m = &q->members[i];

	return i + 1 < q->n_members && len - m->len <= MIN(q->group.padding, (size_t)MOST_PADDING) && q->members[i + 1].len <= len && !(q->buffers[m->packet][0] & 0x20);
}

static void number(struct sendqueue *q, const struct member *m)
{
	const struct group_cfg *g = &q->group;
	uint16_t n;

	if (!g->next_number || !m->number_at)
		return;
	n = (*g->next_number)++;
	write_u16(q->buffers[m->packet] + m->number_at, n);
	g->on_numbered(g->user, n, q->buffers[m->packet], m->len);
}

/* Takes members from `i` on as one message; returns how many. */
static size_t cut_message(struct sendqueue *q, size_t i)
{
	size_t len = q->members[i].len, total = 0, n = 0;
	bool last = false;

	open_message(q, q->group.to, q->group.to_len);
	for (; i + n < q->n_members && !last; n++) {
		struct member *m = &q->members[i + n];

		if (m->len > len || n == MESSAGE_SEGMENTS || total + m->len > MESSAGE_BYTES || (n > 0 && q->no_gso))
			break;
		if (m->len < len && may_pad(q, i + n, len))
			pad(q, m, len);
		last = m->len < len;
		total += m->len;
		number(q, m);
		append(q, m->packet, m->len, q->group.srtp, false);
	}
	return n;
}

void sendqueue_end_group(struct sendqueue *q)
{
	for (size_t i = 0; i < q->n_members;)
		i += cut_message(q, i);
	q->n_members = 0;
}

/* Sending. */

static void seal_all(struct sendqueue *q)
{
	seal_batch(q->jobs, q->n_jobs);
	for (size_t j = 0; j < q->n_jobs; j++) {
		struct iovec *v = &q->vectors[q->vector_of_job[j]];

		v->iov_len = q->jobs[j].result == SRTP_OK ? q->jobs[j].out_len : 0;
		if (v->iov_len == 0)
			counters_add(q->counters, COUNT_SEAL_REFUSED, 1);
	}
	q->n_jobs = 0;
}

static void hand_out(struct sendqueue *q)
{
	for (size_t i = 0; i < q->n_keeps; i++) {
		const struct keep *k = &q->keeps[i];

		for (size_t v = 0; v < q->n_vectors; v++) {
			size_t len = q->vectors[v].iov_len;

			if (q->vectors[v].iov_base != q->buffers[k->packet] || len > k->size)
				continue;
			memcpy(k->data, q->vectors[v].iov_base, len);
			*k->ret_len = (uint16_t)len;
		}
	}
	q->n_keeps = 0;
}

/* Packets that were refused are empty vectors: the others stay as they are, of one size but the last. */
static size_t segment_bytes(const struct sendqueue *q, const struct message *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (q->vectors[m->first + i].iov_len > 0)
			return q->vectors[m->first + i].iov_len;
	return 0;
}

static void write_header(struct sendqueue *q, struct message *m, size_t segment, struct msghdr *ret)
{
	uint16_t bytes = (uint16_t)segment;
	struct cmsghdr *c;

	*ret = (struct msghdr){ .msg_name = &m->to, .msg_namelen = m->to_len, .msg_iov = &q->vectors[m->first], .msg_iovlen = m->n };
	if (m->n == 1)
		return;
	ret->msg_control = m->control;
	ret->msg_controllen = sizeof(m->control);
	c = CMSG_FIRSTHDR(ret);
	c->cmsg_level = SOL_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(sizeof(bytes));
	memcpy(CMSG_DATA(c), &bytes, sizeof(bytes));
}

static void send_by_tcp(struct sendqueue *q, const struct message *m)
{
	for (size_t i = m->first; q->links && i < (size_t)m->first + m->n; i++) {
		const struct iovec *v = &q->vectors[i];

		if (v->iov_len == 0 || !tcp_links_send(q->links, &m->to, v->iov_base, v->iov_len))
			continue;
		counters_add(q->counters, COUNT_TX_PACKETS, 1);
		counters_add(q->counters, COUNT_TX_BYTES, (int64_t)v->iov_len);
	}
}

/* Of the messages that go by UDP; the others are handed over. */
static size_t write_headers(struct sendqueue *q)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n_messages; i++) {
		size_t segment = segment_bytes(q, &q->messages[i]);

		if (tcp_links_is_link(&q->messages[i].to))
			send_by_tcp(q, &q->messages[i]);
		else if (segment > 0)
			write_header(q, &q->messages[i], segment, &q->headers[n++].msg_hdr);
	}
	return n;
}

/* EIO: the device cannot do it, from now on. EINVAL, EMSGSIZE: not to this peer in this size, as beyond its route's MTU. Then one by one. */
static void send_singly(struct sendqueue *q, const struct msghdr *h)
{
	if (errno == EIO && !q->no_gso) {
		log_event(LOG_WARNING, "sendqueue.no_gso err=%d", errno);
		q->no_gso = true;
	}
	for (size_t i = 0; i < h->msg_iovlen; i++) {
		const struct iovec *v = &h->msg_iov[i];
		bool sent = v->iov_len > 0 && sendto(q->fd, v->iov_base, v->iov_len, 0, h->msg_name, h->msg_namelen) >= 0;

		counters_add(q->counters, sent ? COUNT_TX_PACKETS : COUNT_TX_FAILED, v->iov_len > 0);
		counters_add(q->counters, COUNT_TX_BYTES, sent ? (int64_t)v->iov_len : 0);
	}
}

static void count_sent(struct sendqueue *q, const struct mmsghdr *h, size_t n)
{
	int64_t packets = 0, bytes = 0;

	for (size_t i = 0; i < n; i++) {
		packets += (int64_t)h[i].msg_hdr.msg_iovlen;
		bytes += h[i].msg_len;
	}
	counters_add(q->counters, COUNT_TX_MESSAGES, (int64_t)n);
	counters_add(q->counters, COUNT_TX_PACKETS, packets);
	counters_add(q->counters, COUNT_TX_BYTES, bytes);
}

void sendqueue_flush(struct sendqueue *q)
{
	size_t n, sent = 0;

	if (q->n_messages == 0)
		return;
	seal_all(q);
	hand_out(q);
	n = write_headers(q);
	while (sent < n) {
		struct mmsghdr *h = &q->headers[sent];
		int r = sendmmsg(q->fd, h, (unsigned)(n - sent), 0);

		if (r > 0) {
			count_sent(q, h, (size_t)r);
			sent += (size_t)r;
		} else if (errno != EINTR) {
			if (h->msg_hdr.msg_iovlen > 1 && (errno == EIO || errno == EINVAL || errno == EMSGSIZE))
				send_singly(q, &h->msg_hdr);
			else /* unreachable, or the socket is full: lost like on any line, the rest goes on */
				counters_add(q->counters, COUNT_TX_FAILED, (int64_t)h->msg_hdr.msg_iovlen);
			sent++;
		}
	}
	q->n_packets = q->n_vectors = q->n_messages = 0;
	if (q->links)
		tcp_links_flush(q->links);
}
