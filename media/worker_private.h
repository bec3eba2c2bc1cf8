/*
 * struct worker, shared by worker.c (start and stop), worker_loop.c (what a turn does), worker_receive.c (datagrams in),
 * worker_orders.c (letters in) and worker_socket.c.
 */
#ifndef HUITANG_MEDIA_WORKER_PRIVATE_H
#define HUITANG_MEDIA_WORKER_PRIVATE_H

#include <poll.h>
#include <pthread.h>
#include <stdalign.h>
#include <sys/socket.h>

#include "media/frame_clock.h"
#include "media/gate.h"
#include "media/handover.h"
#include "media/handshakes.h"
#include "media/ice.h"
#include "media/mirror.h"
#include "media/path.h"
#include "media/sendqueue.h"
#include "media/tcp_links.h"
#include "media/worker.h"

#define BATCH 32                        /* messages of one receive call */
#define JOBS 64                         /* packets opened at once */
#define BUFFER_BYTES 65536              /* a message is up to 64 kB of datagrams of one size (UDP GRO) */
enum { WAIT_MEDIA, WAIT_ORDERS, WAIT_BELL, WAIT_TCP, WAITS };

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
	struct pollfd waits[WAITS];             /* what is waited for together; of TCP -1 without */
	bool stop;
	struct gate *gate;                      /* owned */
	struct ice *ice;                        /* owned */
	struct sendqueue *queue;                /* owned */
	struct tcp_links *links;                /* owned; NULL: UDP only */
	int64_t next_tcp_tick_us;
	struct departures departures;
	uint64_t sent_before;                   /* at the last tick */
	bool company;                           /* there is so much to send that fewer, fuller turns pay; departures.crowd: even more */
	struct frame_clock frames;              /* of what most watch: turns are set by it */
	struct source *fresh;                   /* have news for their slots */
	struct handover handover;
	struct mirrors mirrors;
	struct dtls_context *dtls;              /* owned */
	struct path_site site;
	struct path *paths[WORKER_PATHS];       /* owned */
	size_t highest;                         /* no path at or above this index */
	bool worked;                            /* this turn had packets to take or to send */
	int64_t look_us;                        /* when ppoll() is to be asked again, however busy it is */
	int64_t next_tick_us;
	unsigned phase;
	bool ticking;                           /* a tick has come as far as tick_at */
	size_t tick_at;
	struct handshakes handshakes;           /* owns memory */
	struct srtp_job jobs[JOBS];
	struct path *job_paths[JOBS];
	int64_t job_arrivals_us[JOBS];
	size_t n_jobs;
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	struct sockaddr_storage from[BATCH];
	alignas(struct cmsghdr) uint8_t control[BATCH][CMSG_SPACE(sizeof(uint32_t)) + CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct timespec))];
	uint8_t *buffers;                       /* owned, BATCH of BUFFER_BYTES */
	bool stamped;                           /* worker_stamp_arrivals() */
	int64_t wall_minus_boot_us;             /* as the batch was taken */
	int64_t arrival_us;                     /* of the message that is being read, as the kernel stamped it */
	uint32_t overflow;                      /* SO_RXQ_OVFL at the last look */
};

static inline struct path *worker_find_path(struct worker *w, struct path_id id)
{
	struct path *p = id.index < WORKER_PATHS ? w->paths[id.index] : NULL;

	return p && path_id_equal(path_id(p), id) ? p : NULL;
}

static inline void worker_note_seen(struct worker *w, const struct path *p, int64_t now_us)
{
	atomic_store_explicit(&w->seen_us[path_id(p).index], now_us, memory_order_relaxed);
}

/* worker.c */
void worker_emit(void *user, const struct media_event *ev);

/* worker_loop.c */
void *worker_run(void *arg);

/* worker_receive.c */
extern const struct tcp_links_events worker_tcp_events;
void *worker_find_ufrag(void *user, const char *ufrag, size_t len, const char **ret_pwd);
bool worker_receive_batch(struct worker *w); /* true when there may be more */
void worker_forward(struct worker *w, int64_t now_us); /* slots are told what came to the sources that they show */

/* worker_orders.c */
void worker_take_orders(struct worker *w);

/* worker_socket.c */
void worker_stamp_arrivals(struct worker *w, bool on); /* by the kernel; else packets came when they were read */
int worker_open_sockets(struct worker *w, const struct sockaddr_storage *listen, bool tcp); /* -errno */

#endif
