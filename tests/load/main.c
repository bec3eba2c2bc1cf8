/* huitang-load: makes the parts, runs the crowd, tells what came out. */
#include <errno.h>
#include <glib.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <sys/epoll.h>

#include "tests/load/crowd.h"
#include "tests/load/problem.h"
#include "tests/load/report.h"
#include "tests/load/site.h"
#include "tests/load/token.h"

struct run {
	struct watch signals;
	struct load load;
	struct crowd crowd;
};

static void on_datagram(void *user, unsigned endpoint, uint8_t *data, size_t len, int64_t now)
{
	static const struct sockaddr_in nowhere;
	struct run *r = user;
	struct site *s = endpoint < r->load.n_sites ? r->load.sites[endpoint] : NULL;

	if (!s)
		return;
	if (s->down)
		line_take(s->down, &nowhere, data, len, now);
	else
		site_take(s, data, len, now);
}

static void on_line_out(void *user, unsigned endpoint, int up, const struct sockaddr_in *to, uint8_t *data, size_t len, int64_t now)
{
	struct run *r = user;

	if (!up) {
		site_take(r->load.sites[endpoint], data, len, now);
	} else if (len <= PORT_BYTES) {
		memcpy(port_room(r->load.port), data, len);
		port_send(r->load.port, endpoint, to, len, NULL, false, NULL);
	}
}

static void on_turn(void *user, int64_t now)
{
	struct run *r = user;

	port_receive(r->load.port, now);
	lines_run(r->load.lines, now);
	if (crowd_turn(&r->crowd, now))
		hub_stop(r->load.hub);
}

static void on_flush(void *user)
{
	struct run *r = user;

	port_flush(r->load.port);
}

static void on_signal(struct watch *w, uint32_t events)
{
	struct run *r = OWNER_OF(w, struct run, signals);
	struct signalfd_siginfo info;

	(void)events;
	if (read(w->fd, &info, sizeof(info)) == sizeof(info))
		crowd_stop(&r->crowd);
}

static void watch_signals(struct run *r)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	r->signals = (struct watch){ signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), on_signal };
	hub_watch(r->load.hub, &r->signals, EPOLLIN);
}

/* A descriptor for each endpoint and its signalling. */
static void raise_limits(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

static void pin(int core)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)core, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		fprintf(stderr, "huitang-load: --pin %d: %s\n", core, strerror(errno));
}

static void name_room(struct load *l)
{
	const struct options *o = &l->options;

	if (o->target == TARGET_JANUS && !o->room)
		snprintf(l->room, sizeof(l->room), "%d", g_random_int_range(100000, 1 << 30));
	else
		g_strlcpy(l->room, o->room ? o->room : o->sockets ? "demo-meeting" : "demo-class", sizeof(l->room));
}

static int make_tokens(struct load *l)
{
	const struct options *o = &l->options;
	bool seats = o->shape == SHAPE_MEETING;
	char *program;

	l->token = o->token ? strdup(o->token) : NULL;
	l->viewer_token = o->viewer_token ? strdup(o->viewer_token) : NULL;
	if (l->token || o->target != TARGET_HUITANG)
		return 0;
	program = o->huitang ? strdup(o->huitang) : token_program();
	l->token = token_make(program, o->data, l->room, seats ? "participant" : "presenter");
	if (l->token && !l->viewer_token)
		l->viewer_token = token_make(program, o->data, l->room, o->sockets ? "participant" : "viewer");
	free(program);
	return l->token && l->viewer_token ? 0 : -EINVAL;
}

static int make_parts(struct run *r)
{
	static const struct port_events events = { on_datagram };
	struct load *l = &r->load;
	int e = hub_create(&l->hub);

	if (e == 0)
		e = lines_create(&l->lines, on_line_out, r);
	if (e == 0)
		e = port_create(&l->port, l->hub, &l->options.port, &events, r);
	if (e == 0)
		e = crowd_init(&r->crowd, l);
	return e;
}

static void free_parts(struct run *r)
{
	struct load *l = &r->load;

	for (unsigned i = 0; i < l->n_sites; i++)
		site_destroy(l->sites[i]);
	port_destroy(l->port);
	lines_destroy(l->lines);
	hub_destroy(l->hub);
	free(l->token);
	free(l->viewer_token);
	free(r);
}

static int run(struct run *r)
{
	int problems, e = make_parts(r);

	if (e < 0) {
		fprintf(stderr, "huitang-load: cannot begin: %s\n", strerror(-e));
		return 2;
	}
	watch_signals(r);
	hub_run(r->load.hub, on_turn, on_flush, r);
	problems = report(&r->crowd, r->load.options.json && !strcmp(r->load.options.json, "-") ? stderr : stdout);
	if (problems < 0)
		fprintf(stderr, "huitang-load: %s cannot be written\n", r->load.options.json);
	return problems != 0;
}

int main(int argc, char **argv)
{
	struct run *r = calloc(1, sizeof(*r));
	struct options *o = &r->load.options;
	int e = options_read(o, argc, argv);

	if (e) {
		free(r);
		return e < 0 ? 2 : 0;
	}
	name_room(&r->load);
	srtp_init();
	raise_limits();
	if (make_tokens(&r->load) < 0) {
		free(r);
		return 2;
	}
	if (o->pin >= 0)
		pin(o->pin);
	e = run(r);
	free_parts(r);
	return e;
}
