/*
 * What sealing and opening cost on this machine: microseconds of CPU a packet for each back end, suite and size, with the keys
 * of one receiver (all in the nearest cache) and of many (as when one packet goes to each). Medians of rounds that are
 * interleaved over the back ends, so that ratios hold on a busy machine too.
 *
 * usage: bench-seal [RECEIVERS]        (200)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/srtp.h"

#define ROUNDS 9
#define BATCH 64
#define BATCHES 125                     /* a round: 8,000 packets */
#define RUN 4                           /* packets for one receiver that lie next to each other */
#define BUFFER_BYTES 1600

static const enum srtp_backend backends[] = { SRTP_BACKEND_EVP, SRTP_BACKEND_IPSEC_MB, SRTP_BACKEND_LIBSRTP };
static const struct { enum srtp_suite suite; const char *name; } suites[] = {
	{ SUITE_AEAD_AES_128_GCM, "AEAD_AES_128_GCM" },
	{ SUITE_AES_CM_128_HMAC_SHA1_80, "AES_CM_128_HMAC_SHA1_80" },
	{ SUITE_AEAD_AES_256_GCM, "AEAD_AES_256_GCM" },
	{ SUITE_AES_CM_128_HMAC_SHA1_32, "AES_CM_128_HMAC_SHA1_32" },
};
static const size_t sizes[] = { 120, 1200 };

struct receiver {
	struct srtp *out, *in;          /* owned */
	uint16_t seq;
};

/* One row of the table; one back end, suite, size and number of receivers. */
struct row {
	struct receiver *receivers;     /* owned */
	size_t n_receivers;
	size_t bytes;
	size_t next;
	double seal_us[ROUNDS], open_us[ROUNDS];
};

static uint8_t buffers[BATCH][BUFFER_BYTES];

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static bool row_create(struct row *r, enum srtp_backend b, enum srtp_suite suite, size_t bytes, size_t n_receivers)
{
	*r = (struct row){ .bytes = bytes, .n_receivers = n_receivers, .receivers = mem_calloc(n_receivers, sizeof(*r->receivers)) };
	for (size_t i = 0; r->receivers && i < n_receivers; i++) {
		uint8_t keying[64] = { (uint8_t)i, (uint8_t)(i >> 8), 7 };

		if (srtp_keys_create_on(&r->receivers[i].out, b, suite, keying) < 0 ||
		    srtp_keys_create_on(&r->receivers[i].in, b, suite, keying) < 0)
			return false;
	}
	return r->receivers;
}

static void row_destroy(struct row *r)
{
	for (size_t i = 0; r->receivers && i < r->n_receivers; i++) {
		srtp_keys_destroy(r->receivers[i].out);
		srtp_keys_destroy(r->receivers[i].in);
	}
	mem_free(r->receivers);
}

static void fill(struct row *r, struct srtp_job *jobs, struct receiver **ret_for)
{
	for (size_t i = 0; i < BATCH; i++) {
		struct receiver *v = &r->receivers[r->next / RUN % r->n_receivers];

		r->next++;
		buffers[i][0] = 0x80;
		buffers[i][1] = 96;
		write_u16(buffers[i] + 2, v->seq++);
		write_u32(buffers[i] + 8, 77);
		ret_for[i] = v;
		jobs[i] = (struct srtp_job){ .srtp = v->out, .in = buffers[i], .in_len = r->bytes, .out = buffers[i], .out_size = BUFFER_BYTES };
	}
}

static void expect_all_ok(const struct srtp_job *jobs, const char *what)
{
	for (size_t i = 0; i < BATCH; i++) {
		if (jobs[i].result == SRTP_OK)
			continue;
		fprintf(stderr, "bench-seal: %s gave %d\n", what, jobs[i].result);
		exit(1);
	}
}

static void measure(struct row *r, size_t round)
{
	double seal_us = 0, open_us = 0;

	for (size_t k = 0; k < BATCHES; k++) {
		struct receiver *v[BATCH];
		struct srtp_job jobs[BATCH];
		double begin;

		fill(r, jobs, v);
		begin = cpu_us();
		seal_batch(jobs, BATCH);
		seal_us += cpu_us() - begin;
		expect_all_ok(jobs, "sealing");
		for (size_t i = 0; i < BATCH; i++) {
			jobs[i].srtp = v[i]->in;
			jobs[i].in_len = jobs[i].out_len;
		}
		begin = cpu_us();
		open_batch(jobs, BATCH);
		open_us += cpu_us() - begin;
		expect_all_ok(jobs, "opening");
	}
	r->seal_us[round] = seal_us / (BATCH * BATCHES);
	r->open_us[round] = open_us / (BATCH * BATCHES);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v)
{
	qsort(v, ROUNDS, sizeof(*v), by_value);
	return v[ROUNDS / 2];
}

static void compare(size_t suite, size_t bytes, size_t n_receivers)
{
	struct row rows[ARRAY_LEN(backends)];
	bool there[ARRAY_LEN(backends)];
	bool rare = suite >= 2;

	for (size_t b = 0; b < ARRAY_LEN(backends); b++)
		there[b] = row_create(&rows[b], backends[b], suites[suite].suite, bytes, n_receivers) &&
		           (!rare || backends[b] == SRTP_BACKEND_LIBSRTP);
	for (size_t round = 0; round < ROUNDS; round++)
		for (size_t b = 0; b < ARRAY_LEN(backends); b++)
			if (there[b])
				measure(&rows[b], round);
	for (size_t b = 0; b < ARRAY_LEN(backends); b++) {
		if (there[b])
			printf("%-24s %-9s %9zu %6zu %8.3f %8.3f\n", suites[suite].name, srtp_backend_name(backends[b]), n_receivers, bytes,
			       median(rows[b].seal_us), median(rows[b].open_us));
		row_destroy(&rows[b]);
	}
}

int main(int argc, char **argv)
{
	long many = argc > 1 ? strtol(argv[1], NULL, 10) : 200;

	if (argc > 2 || many < 1 || many > 10000) {
		fprintf(stderr, "usage: bench-seal [RECEIVERS]\n");
		return 2;
	}
	printf("%-24s %-9s %9s %6s %8s %8s\n", "suite", "back end", "receivers", "bytes", "seal us", "open us");
	for (size_t suite = 0; suite < ARRAY_LEN(suites); suite++)
		for (size_t size = 0; size < ARRAY_LEN(sizes); size++) {
			compare(suite, sizes[size], 1);
			compare(suite, sizes[size], (size_t)many);
		}
	return 0;
}
