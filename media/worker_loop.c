/* What a worker does in a turn, and how it waits for the next. See worker.h. */
#include "media/worker_private.h"

#include <sys/prctl.h>

#include "media/base/clock.h"
#include "media/base/log.h"
#include "media/base/macros.h"

#define BATCHES_A_TURN 8                /* then letters, DTLS and time get their turn */
#define TCP_TICK_US 1000000
#define TICK_US 25000
#define TICK_PHASES 2                   /* each path has its 50 ms tick in one of two */
#define TURN_SENDS 256                  /* then receiving gets its turn (media.md, Sending) */
#define GATHER_US 1000                  /* in a busy time a turn begins at most once in this time: what comes meanwhile leaves together */
#define GATHER_COMPANY_US 8000          /* the same with much to send: */
#define GATHER_AHEAD_US 12000           /* where the next picture of what most watch can be foreseen: the turn before it is so long before it, */
#define GATHER_STEP_US 11000            /* and those before that are no further apart */
#define GATHER_CROWD_US 2000            /* sleeping costs most; and with so much that sending costs most, and a frame to all takes long */
#define COMPANY_PACKETS 250             /* sent from one tick to the next, 10,000 a second */
#define CROWD_PACKETS 1500              /* 60,000 a second: from then on sound and thumbnails wait for company */
#define BUSY_US 2000                    /* turns that follow each other by no more than this later make a busy time */
#define LOOK_US 10000                   /* in a busy time TCP's listener and bells are asked so often */

static void serve_tcp(struct worker *w, bool ready)
{
	int64_t now_us = clock_boot_us();

	if (ready) {
		tcp_links_turn(w->links, now_us);
		worker_forward(w, now_us);
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
	struct path *p = worker_find_path(w, h->id);

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

	w->company = sent - w->sent_before >= COMPANY_PACKETS;
	w->departures.crowd = sent - w->sent_before >= CROWD_PACKETS;
	w->sent_before = sent;
	worker_stamp_arrivals(w, w->company && !w->departures.crowd);
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

static int64_t gather_us(const struct worker *w)
{
	if (w->departures.crowd)
		return GATHER_CROWD_US;
	return w->company ? GATHER_COMPANY_US : GATHER_US;
}

/* When the next turn begins: behind a picture that is to come, or where turns before it are evenly spaced. */
static int64_t next_turn_us(const struct worker *w, int64_t begun_us)
{
	int64_t usual_us = begun_us + gather_us(w), picture_us, left_us;

	if (w->departures.crowd || !w->company)
		return usual_us;
	picture_us = frame_clock_next_us(&w->frames, begun_us);
	left_us = picture_us - begun_us - GATHER_AHEAD_US;
	if (picture_us == 0 || departures_due_us(&w->departures) != INT64_MAX)
		return usual_us;
	return left_us <= 0 ? picture_us : begun_us + left_us / ((left_us + GATHER_STEP_US - 1) / GATHER_STEP_US);
}

/* Fewer, fuller turns: each packet costs half as much when four leave in one message (docs/benchmarks.md). False: there was no time. */
static bool gather(const struct worker *w, int64_t begun_us)
{
	int64_t end_us = next_turn_us(w, begun_us);
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
	struct timespec wait;
	int n;

	if (us > 0)
		bell_before_sleep(bell);
	if (us > 0 && mirrors_have_news(&w->mirrors))
		us = 0;
	wait = (struct timespec){ us / 1000000, us % 1000000 * 1000 };
	n = ppoll(w->waits, WAITS, &wait, NULL);
	bell_after_sleep(bell, n > 0 && w->waits[WAIT_BELL].revents);
	w->look_us = now_us + us + LOOK_US;
	return n > 0 && w->waits[WAIT_TCP].revents;
}

/* What the other workers have handed over. True when there may be more. */
static bool receive_relayed(struct worker *w)
{
	int64_t now_us = clock_boot_us();
	bool more = mirrors_receive(&w->mirrors, now_us);

	w->worked = w->worked || w->fresh;
	worker_forward(w, now_us);
	return more;
}

/* True when more waits already. */
static bool turn(struct worker *w, bool tcp_ready, int64_t begun_us)
{
	bool more_relayed, more = true;

	w->worked = false;
	/* Orders first: a check that follows an answer must find its path. */
	worker_take_orders(w);
	more_relayed = receive_relayed(w);
	for (int i = 0; more && i < BATCHES_A_TURN; i++)
		more = worker_receive_batch(w);
	if (w->links)
		serve_tcp(w, tcp_ready);
	depart(w, clock_boot_us());
	step_handshakes(w, begun_us);
	tick(w, clock_boot_us());
	exchange_publish(w->exchange, w->number);
	return more || more_relayed;
}

void *worker_run(void *arg)
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
		gathered = !more && w->worked && begun_us - before_us < MAX(gather_us(w), GATHER_AHEAD_US) + BUSY_US && gather(w, begun_us);
	}
	return NULL;
}
