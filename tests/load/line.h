/*
 * A line between an endpoint and the server, inside the tool: delay, jitter that keeps the order, losses alone or in bursts
 * (Gilbert's model), a rate with a queue that drops at its tail. One `line` is one direction of one endpoint.
 */
#ifndef LOAD_LINE_H
#define LOAD_LINE_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

struct line_model {
	int64_t delay_us;       /* one way */
	int64_t jitter_us;      /* 0 to this is added to each packet */
	double loss;            /* 0 to 1, before the queue */
	double burst;           /* mean length of a loss burst in packets, 1: independent */
	int64_t rate_bps;       /* 0: no limit; UDP payload and 28 bytes of headers */
	int64_t queue_us;       /* what would wait longer than that is dropped */
};

/* When which model begins to hold, counted from the beginning of the measured window; the first holds before it, too. */
#define LINE_STEPS 16
struct line_step {
	int64_t at_us;
	struct line_model model;
};

struct lines;
struct line;

struct line_stats {
	uint64_t passed, lost, queue_dropped;
};

/**
 * Reads "rtt=100,jitter=10,loss=10,burst=3,rate=1000k,queue=300": ms, ms, percent, packets, bits a second (k, M), ms. What is left out is
 * none; queue is 300 with a rate. at=SECONDS is when it begins to hold.
 *
 * Errors: -EINVAL.
 */
int line_step_read(struct line_step *ret, const char *text);

/** `out` gets what left a line: bytes may be written to, borrowed until return. Owns: the caller's. Errors: -ENOMEM. */
int lines_create(struct lines **ret, void (*out)(void *user, unsigned endpoint, int up, const struct sockaddr_in *to, uint8_t *data,
                                                 size_t len, int64_t now_us), void *user);
struct lines *lines_destroy(struct lines *l);

/** Hands on what is due. */
void lines_run(struct lines *l, int64_t now_us);

/** Owns: the caller's; NULL without memory.. `model` is given. */
struct line *line_create(struct lines *l, unsigned endpoint, int up, const struct line_model *model);
struct line *line_destroy(struct line *l);

/** A datagram enters. `to` is kept with it. */
void line_take(struct line *l, const struct sockaddr_in *to, const uint8_t *data, size_t len, int64_t now_us);

const struct line_stats *line_stats(const struct line *l);

#endif
