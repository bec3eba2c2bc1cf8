/*
 * The machine's own limit: sends what a forwarding server would send, and does nothing else. `huitang-floor --help`.
 * The sender is this process, pinned to one core; the receiver is another, pinned to another.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/fanout.h"
#include "tests/bench/receiver.h"

#define WARM_UP_SECONDS 0.5

struct options {
	const char *shape, *seal;
	size_t viewers;
	double seconds;
	bool flat_out;
	int sender_core, receiver_core;
	uint32_t poll_us, vary_bytes;
	struct fanout_cfg fanout;
};

static const char usage[] =
	"usage: huitang-floor [--shape lecture|wall] [--viewers N] [--seconds S] [--flat-out]\n"
	"  --seal mb|evp|none     AES-128-GCM by libipsec-mb, by OpenSSL, or copied in the clear (mb)\n"
	"  --vary BYTES           packets of thumbnails differ by up to so much (0)\n"
	"  --segments N           packets a message, 1: no UDP_SEGMENT (64)\n"
	"  --batch N              messages a system call (64)\n"
	"  --arena BYTES          written before a system call (262144)\n"
	"  --pad BYTES            a packet may be padded by so much to fit into a message (0)\n"
	"  --wait-thumbnail US, --wait-audio US   may wait so long for company (0)\n"
	"  --grid US              wakes only at multiples of it (0: when something is due)\n"
	"  --sender-core N, --receiver-core N     -1: anywhere (0, 1)\n"
	"  --poll US              the receiver looks so often, as the load tool does; 0: it is woken (500)\n"
	"Prints one line of JSON.\n";

enum { OPT_SHAPE = 1, OPT_VIEWERS, OPT_SECONDS, OPT_FLAT_OUT, OPT_SEAL, OPT_VARY, OPT_SEGMENTS, OPT_BATCH, OPT_ARENA, OPT_PAD,
       OPT_WAIT_THUMBNAIL, OPT_WAIT_AUDIO, OPT_GRID, OPT_SENDER_CORE, OPT_RECEIVER_CORE, OPT_POLL, OPT_HELP };

static const struct option names[] = {
	{ "shape", required_argument, NULL, OPT_SHAPE },
	{ "viewers", required_argument, NULL, OPT_VIEWERS },
	{ "seconds", required_argument, NULL, OPT_SECONDS },
	{ "flat-out", no_argument, NULL, OPT_FLAT_OUT },
	{ "seal", required_argument, NULL, OPT_SEAL },
	{ "vary", required_argument, NULL, OPT_VARY },
	{ "segments", required_argument, NULL, OPT_SEGMENTS },
	{ "batch", required_argument, NULL, OPT_BATCH },
	{ "arena", required_argument, NULL, OPT_ARENA },
	{ "pad", required_argument, NULL, OPT_PAD },
	{ "wait-thumbnail", required_argument, NULL, OPT_WAIT_THUMBNAIL },
	{ "wait-audio", required_argument, NULL, OPT_WAIT_AUDIO },
	{ "grid", required_argument, NULL, OPT_GRID },
	{ "sender-core", required_argument, NULL, OPT_SENDER_CORE },
	{ "receiver-core", required_argument, NULL, OPT_RECEIVER_CORE },
	{ "poll", required_argument, NULL, OPT_POLL },
	{ "help", no_argument, NULL, OPT_HELP },
	{ 0 },
};

static void die(const char *what, int error)
{
	fprintf(stderr, "huitang-floor: %s: %s\n", what, strerror(-error));
	exit(1);
}

/* The `number` of an option that counts something; false for other options. */
static bool take_number(struct options *o, int option, long number)
{
	uint32_t n = (uint32_t)number;

	switch (option) {
	case OPT_VIEWERS: o->viewers = n; break;
	case OPT_VARY: o->vary_bytes = n; break;
	case OPT_SEGMENTS: o->fanout.max_segments = n; break;
	case OPT_BATCH: o->fanout.batch = n; break;
	case OPT_ARENA: o->fanout.arena_bytes = n; break;
	case OPT_PAD: o->fanout.pad_bytes = n; break;
	case OPT_WAIT_THUMBNAIL: o->fanout.wait_us[KIND_THUMBNAIL] = n; break;
	case OPT_WAIT_AUDIO: o->fanout.wait_us[KIND_AUDIO] = n; break;
	case OPT_GRID: o->fanout.grid_us = n; break;
	case OPT_SENDER_CORE: o->sender_core = (int)number; break;
	case OPT_RECEIVER_CORE: o->receiver_core = (int)number; break;
	case OPT_POLL: o->poll_us = n; break;
	default: return false;
	}
	return true;
}

static void take_option(struct options *o, int option)
{
	switch (option) {
	case OPT_SHAPE: o->shape = optarg; return;
	case OPT_SEAL: o->seal = optarg; return;
	case OPT_SECONDS: o->seconds = atof(optarg); return;
	case OPT_FLAT_OUT: o->flat_out = true; return;
	case OPT_HELP: fputs(usage, stdout); exit(0);
	default: break;
	}
	if (!take_number(o, option, optarg ? atol(optarg) : 0)) {
		fputs(usage, stderr);
		exit(2);
	}
}

static void check(const struct options *o)
{
	const struct fanout_cfg *f = &o->fanout;

	if (o->viewers < 1 || o->viewers > 20000 || o->seconds <= 0 || o->vary_bytes > 700 ||
	    f->max_segments < 1 || f->max_segments > 64 || f->batch < 1 || f->batch > 1024) {
		fputs(usage, stderr);
		exit(2);
	}
}

static void print(const struct options *o, const struct fanout_counts *c, const struct reception *r)
{
	double delivered = (double)r->packets, seconds = (double)c->wall_us / 1e6;

	printf("{\"shape\": \"%s\", \"viewers\": %zu, \"flat_out\": %s, \"seal\": \"%s\", \"seconds\": %.2f, ", o->shape, o->viewers,
	       o->flat_out ? "true" : "false", o->seal, seconds);
	printf("\"cpu_us_per_packet\": %.3f, \"packets_per_s\": %.0f, \"delivered\": %.0f, \"loss\": %.6f, ", (double)c->cpu_us / delivered,
	       delivered / seconds, delivered, 1 - delivered / (double)c->packets);
	printf("\"late_p50_ms\": %.1f, \"late_p99_ms\": %.1f, \"cpu_share\": %.3f, \"receiver_cpu_share\": %.3f, ",
	       reception_lateness_us(r, 0.5) / 1e3, reception_lateness_us(r, 0.99) / 1e3, (double)c->cpu_us / (double)c->wall_us,
	       (double)r->cpu_us / (double)c->wall_us);
	printf("\"packets_per_message\": %.2f, \"messages_per_call\": %.1f, \"wakeups_per_s\": %.0f, \"failed\": %llu}\n",
	       (double)c->packets / (double)c->messages, (double)c->messages / (double)c->calls, (double)c->wakeups / seconds,
	       (unsigned long long)c->failed);
}

static int open_socket(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), bytes = 4 << 20, whole = IP_PMTUDISC_PROBE;

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		die("socket", -errno);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes));
	setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &whole, sizeof(whole));     /* what is never cut into fragments needs no number */
	return fd;
}

static void run(const struct options *o, const struct shape *shape, struct sealer *sealer)
{
	struct receiver receiver;
	struct fanout_counts counts;
	struct fanout *f;
	int r = receiver_start(&receiver, o->receiver_core, o->poll_us), fd = open_socket();

	if (r < 0)
		die("receiver", r);
	f = fanout_create(&o->fanout, shape, sealer, fd, receiver.address.sin_port);
	if (!f)
		die("fanout", -ENOMEM);
	fanout_run(f, WARM_UP_SECONDS, o->flat_out, false);
	counts = fanout_run(f, o->seconds, o->flat_out, true);
	receiver_stop(&receiver);
	print(o, &counts, receiver.reception);
	receiver_done(&receiver);
	fanout_destroy(f);
	close(fd);
}

int main(int argc, char **argv)
{
	struct options o = {
		.shape = "lecture", .seal = "mb", .viewers = 200, .seconds = 5, .sender_core = 0, .receiver_core = 1, .poll_us = 500,
		.fanout = { .max_segments = 64, .batch = 64, .arena_bytes = 262144 },
	};
	struct shape shape;
	struct sealer *sealer;
	int option, r;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
		take_option(&o, option);
	check(&o);
	r = shape_init(&shape, o.shape, o.viewers, o.vary_bytes);
	if (r < 0)
		die(o.shape, r);
	r = sealer_create(&sealer, o.seal, o.viewers);
	if (r < 0)
		die(o.seal, r);
	r = pin_to_core(o.sender_core);
	if (r < 0)
		die("core of the sender", r);
	prctl(PR_SET_TIMERSLACK, 1000UL);
	run(&o, &shape, sealer);
	sealer_destroy(sealer);
	shape_done(&shape);
	return 0;
}
