/* See sendqueue.h. */
#include "media/sendqueue.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/counter.h"

struct sendqueue {
	int fd;                         /* given */
	struct counters *counters;      /* given */
	uint64_t committed;
	size_t n;
	size_t n_jobs;
	struct srtp_job jobs[SENDQUEUE_PACKETS];
	size_t packet_of_job[SENDQUEUE_PACKETS];
	struct mmsghdr messages[SENDQUEUE_PACKETS];
	struct iovec vectors[SENDQUEUE_PACKETS];
	struct sockaddr_storage to[SENDQUEUE_PACKETS];
	uint8_t buffers[SENDQUEUE_PACKETS][SENDQUEUE_PACKET_BYTES];
};

int sendqueue_create(struct sendqueue **ret, int fd, struct counters *counters)
{
	struct sendqueue *q = mem_zalloc(sizeof(*q));

	if (!q)
		return -ENOMEM;
	q->fd = fd;
	q->counters = counters;
	for (size_t i = 0; i < SENDQUEUE_PACKETS; i++) {
		q->vectors[i].iov_base = q->buffers[i];
		q->messages[i].msg_hdr.msg_iov = &q->vectors[i];
		q->messages[i].msg_hdr.msg_iovlen = 1;
		q->messages[i].msg_hdr.msg_name = &q->to[i];
	}
	*ret = q;
	return 0;
}

struct sendqueue *sendqueue_destroy(struct sendqueue *q)
{
	return mem_free(q);
}

uint8_t *sendqueue_begin(struct sendqueue *q)
{
	if (q->n == SENDQUEUE_PACKETS)
		sendqueue_flush(q);
	return q->buffers[q->n];
}

void sendqueue_commit(struct sendqueue *q, size_t len, struct srtp *srtp, bool rtcp, const struct sockaddr_storage *to,
                      socklen_t to_len)
{
	size_t i = q->n++;

	q->committed++;
	memcpy(&q->to[i], to, to_len);
	q->messages[i].msg_hdr.msg_namelen = to_len;
	q->vectors[i].iov_len = len;
	if (!srtp)
		return;
	q->packet_of_job[q->n_jobs] = i;
	q->jobs[q->n_jobs++] = (struct srtp_job){
		.srtp = srtp, .in = q->buffers[i], .in_len = len, .out = q->buffers[i], .out_size = SENDQUEUE_PACKET_BYTES, .rtcp = rtcp,
	};
}

uint64_t sendqueue_committed(const struct sendqueue *q)
{
	return q->committed;
}

static void seal_all(struct sendqueue *q)
{
	seal_batch(q->jobs, q->n_jobs);
	for (size_t j = 0; j < q->n_jobs; j++) {
		size_t i = q->packet_of_job[j];

		if (q->jobs[j].result == SRTP_OK) {
			q->vectors[i].iov_len = q->jobs[j].out_len;
		} else {
			q->vectors[i].iov_len = 0;
			counters_add(q->counters, COUNT_SEAL_REFUSED, 1);
		}
	}
	q->n_jobs = 0;
}

/* Refused packets leave the batch; buffers keep their places, since messages point to them by index. */
static size_t drop_unsealed(struct sendqueue *q, struct mmsghdr *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n; i++)
		if (q->vectors[i].iov_len > 0)
			ret[n++] = q->messages[i];
	return n;
}

void sendqueue_flush(struct sendqueue *q)
{
	struct mmsghdr batch[SENDQUEUE_PACKETS];
	size_t n, sent = 0;

	if (q->n == 0)
		return;
	seal_all(q);
	n = drop_unsealed(q, batch);
	while (sent < n) {
		int r = sendmmsg(q->fd, batch + sent, (unsigned)(n - sent), 0);

		if (r > 0) {
			for (int i = 0; i < r; i++)
				counters_add(q->counters, COUNT_TX_BYTES, batch[sent + (size_t)i].msg_len);
			counters_add(q->counters, COUNT_TX_PACKETS, r);
			sent += (size_t)r;
		} else if (errno != EINTR) {
			/* This one cannot go (unreachable, or the socket is full): it is lost like on any line, the rest goes on. */
			counters_add(q->counters, COUNT_TX_FAILED, 1);
			sent++;
		}
	}
	q->n = 0;
}
