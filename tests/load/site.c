/* See site.h. */
#include "tests/load/site.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/endpoint/loop.h"
#include "tests/load/sdp.h"

#define TICK_US 50000
#define LINE_TICK_US 20000      /* where holes are many they are asked for sooner */

static void on_tick(struct timer *t, int64_t now)
{
	struct site *s = OWNER_OF(t, struct site, tick);

	incoming_tick(&s->in, now);
	hub_set(s->load->hub, &s->tick, now + (s->down ? LINE_TICK_US : TICK_US));
}

static void on_up(void *user, int64_t now)
{
	struct site *s = user;

	if (s->state != SITE_JOINING)
		return;
	s->state = SITE_UP;
	s->was_up = true;
	s->up_us = now;
	if (s->has_out)
		outgoing_begin(&s->out, now);
	if (s->has_in)
		hub_set(s->load->hub, &s->tick, now + s->number % 50 * 1000);
}

static void on_failed(void *user, const char *why)
{
	site_fail(user, "%s", why);
}

static void on_rtp(void *user, uint8_t *data, size_t len, int64_t now)
{
	struct site *s = user;

	if (s->has_in)
		incoming_on_rtp(&s->in, data, len, now);
}

static void on_sender(void *user, const struct sender_info *i)
{
	struct site *s = user;

	if (s->has_in)
		incoming_on_sender(&s->in, i, now_us());
}

static void on_block(void *user, uint32_t from, const struct report_block *b)
{
	struct site *s = user;

	(void)from;
	if (s->has_out)
		outgoing_on_report(&s->out, b->about);
}

static void on_nack(void *user, uint32_t about, const uint16_t *seqs, size_t n)
{
	struct site *s = user;

	if (s->has_out)
		outgoing_on_nack(&s->out, about, seqs, n);
}

static void on_pli(void *user, uint32_t about)
{
	struct site *s = user;

	if (s->has_out)
		outgoing_on_pli(&s->out, about);
}

static void on_rtcp(void *user, const uint8_t *data, size_t len, int64_t now)
{
	static const struct control_handlers handlers = {
		.on_sender = on_sender, .on_block = on_block, .on_nack = on_nack, .on_pli = on_pli,
	};

	(void)now;
	control_read(data, len, &handlers, user);
}

static const struct peer_events peer_events = { on_up, on_failed, on_rtp, on_rtcp };

static bool make_lines(struct site *s)
{
	const struct line_model *m = &s->load->line;

	s->up = line_create(s->load->lines, s->number, 1, m);
	s->down = line_create(s->load->lines, s->number, 0, m);
	return s->up && s->down;
}

struct site *site_create(struct load *l, const struct entrance *entrance, const struct site_role *role)
{
	struct site *s = l->n_sites < PORT_ENDPOINTS ? calloc(1, sizeof(*s)) : NULL;

	if (!s)
		return NULL;
	*s = (struct site){
		.load = l, .entrance = entrance, .number = l->n_sites, .sends = role->sends, .receives = role->receives, .whole = role->whole,
		.late = role->late,
		.tick.fire = on_tick,
	};
	s->out.cfg.n_layers = role->layers;
	if (role->line && !make_lines(s)) {
		site_destroy(s);
		return NULL;
	}
	return l->sites[l->n_sites++] = s;
}

void site_destroy(struct site *s)
{
	if (!s)
		return;
	s->entrance->done(s);
	hub_cancel(&s->tick);
	if (s->has_out)
		outgoing_done(&s->out);
	if (s->has_in)
		incoming_done(&s->in);
	peer_destroy(s->peer);
	line_destroy(s->up);
	line_destroy(s->down);
	free(s);
}

void site_join(struct site *s, int64_t now_us)
{
	s->state = SITE_JOINING;
	s->begin_us = now_us;
	s->entrance->enter(s);
}

void site_leave(struct site *s)
{
	if (s->state == SITE_UP || s->state == SITE_JOINING)
		s->state = SITE_LEFT;
	hub_cancel(&s->tick);
	if (s->has_out)
		outgoing_end(&s->out);
	s->entrance->leave(s);
}

void site_take(struct site *s, uint8_t *data, size_t len, int64_t now_us)
{
	if (s->peer)
		peer_take(s->peer, data, len, now_us);
}

static bool make_outgoing(struct site *s)
{
	const struct options *o = &s->load->options;
	unsigned layers = s->out.cfg.n_layers;
	struct outgoing_cfg cfg = {
		.peer = s->peer, .totals = &s->load->totals, .codec = o->codec, .fps = o->fps, .packet_bytes = o->packet_bytes, .n_layers = layers,
		.number = s->number * 8 + 1, .temporal = o->temporal, .red = o->red,
	};

	if (layers == 1)
		cfg.layers[0] = (struct layer_cfg){ "", o->video_bps, 720 };
	else
		memcpy(cfg.layers, o->layers, sizeof(cfg.layers));
	s->has_out = outgoing_init(&s->out, &cfg) == 0;
	return s->has_out;
}

bool site_open(struct site *s)
{
	const struct options *o = &s->load->options;
	struct peer_cfg cfg = { s->load->hub, s->load->port, s->up, o->suite, s->whole };
	int r = peer_create(&s->peer, s->number, &o->server.to.sin_addr, &cfg, &peer_events, s);

	if (r == -EADDRNOTAVAIL)
		site_fail(s, "the server is not on this machine: use --sockets each");
	else if (r < 0)
		site_fail(s, "no UDP socket: %s", strerror(-r));
	else if (s->sends && !make_outgoing(s))
		site_fail(s, "no memory");
	return s->state != SITE_FAILED;
}

static bool make_incoming(struct site *s, const struct description *remote)
{
	const struct options *o = &s->load->options;
	struct incoming_cfg cfg = {
		.peer = s->peer, .totals = &s->load->totals, .whole = s->whole, .late = s->late, .temporal = o->temporal, .check_every = o->check_every,
		.spoil_every = o->spoil,
	};

	s->has_in = sdp_expect(&s->in, &cfg, remote) == 0;
	return s->has_in;
}

void site_connect(struct site *s, const struct description *remote, bool controls)
{
	struct peer_remote r;

	if (sdp_remote(&r, remote) < 0) {
		site_fail(s, "the server's description has no UDP candidate of IPv4");
		return;
	}
	if (!s->load->options.port.each && !port_is_near(&r.address.sin_addr)) {
		site_fail(s, "the server's media address is not this machine's: use --sockets each");
		return;
	}
	if (s->receives && !make_incoming(s, remote)) {
		site_fail(s, "no memory");
		return;
	}
	r.controls = controls;
	peer_connect(s->peer, &r);
}

void site_fail(struct site *s, const char *fmt, ...)
{
	va_list args;

	if (s->state == SITE_FAILED || s->state == SITE_LEFT)
		return;
	s->state = SITE_FAILED;
	hub_cancel(&s->tick);
	if (s->has_out)
		outgoing_end(&s->out);
	va_start(args, fmt);
	vsnprintf(s->why, sizeof(s->why), fmt, args);
	va_end(args);
}

int64_t site_first_us(const struct site *s)
{
	return s->has_in ? s->in.first_us : 0;
}
