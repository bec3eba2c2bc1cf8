/* See crowd.h. */
#include "tests/load/crowd.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/load/janus_entrance.h"
#include "tests/load/room_entrance.h"
#include "tests/load/site.h"
#include "tests/load/whip_entrance.h"

#define LOOK_US 5000
#define OPEN_US 15000000        /* for publishers to come */
#define SETTLE_US 1000000       /* their media flow before the others come */
#define JOIN_US 30000000        /* for media to reach all, after the last began */
#define LEAVE_US 4000000
#define SPEAKERS_US 4000000

static const struct entrance *entrance_of(const struct options *o, bool publishes_first)
{
	if (o->target == TARGET_JANUS)
		return &janus_entrance;
	return o->sockets && !publishes_first ? &room_entrance : &whip_entrance;
}

/* Spread over the crowd, so that one in `check` of all groups is looked at whole; those on a line always. */
static int add_sites(struct crowd *c, unsigned n, struct site_role role, bool publishes_first)
{
	struct load *l = c->load;
	const struct options *o = &l->options;

	for (unsigned i = 0; i < n; i++) {
		role.line = o->n_lines && (publishes_first ? o->line_publishers : !o->line_for || i + o->line_for >= n);
		role.whole = role.receives && (i % o->check == 0 || role.line);
		if (!site_create(l, entrance_of(o, publishes_first), &role))
			return -ENOMEM;
	}
	return 0;
}

int crowd_init(struct crowd *c, struct load *l)
{
	const struct options *o = &l->options;
	struct site_role publisher = { .sends = true, .layers = o->simulcast ? LAYERS : 1 }, viewer = { .receives = true };
	struct site_role site = { .sends = true, .receives = true, .layers = LAYERS }, late = o->late_watch ? viewer : site;
	int r;

	late.late = true;
	memset(c, 0, sizeof(*c));
	c->load = l;
	l->line = o->lines[0].model;
	if (o->shape == SHAPE_MEETING) {
		r = add_sites(c, o->sites, site, false);
		c->n_early = l->n_sites;
		return r < 0 ? r : add_sites(c, o->latecomers, late, false);
	}
	c->n_publishers = o->publishers;
	r = add_sites(c, o->publishers, publisher, true);
	if (r == 0)
		r = add_sites(c, o->shape == SHAPE_JOIN && (o->sockets || o->target == TARGET_JANUS) ? o->sites : o->viewers, viewer, false);
	c->n_early = l->n_sites;
	viewer.late = true;
	return r < 0 ? r : add_sites(c, o->latecomers, viewer, false);
}

unsigned crowd_first_measured(const struct crowd *c)
{
	return c->load->options.latecomers ? c->n_early : c->n_publishers;
}

static void enter(struct crowd *c, enum phase p, int64_t now)
{
	c->phase = p;
	c->since_us = now;
}

static void look_at_server(const struct crowd *c, struct process_look *ret)
{
	if (c->load->options.pid)
		process_look(ret, c->load->options.pid);
}

static unsigned count_states(const struct crowd *c, unsigned from, unsigned to, enum site_state state)
{
	unsigned n = 0;

	for (unsigned i = from; i < to; i++)
		n += c->load->sites[i]->state == state;
	return n;
}

/* Publishers. */

static void open_turn(struct crowd *c, int64_t now)
{
	unsigned up;

	for (; c->n_begun < c->n_publishers; c->n_begun++)
		site_join(c->load->sites[c->n_begun], now);
	up = count_states(c, 0, c->n_publishers, SITE_UP);
	if (count_states(c, 0, c->n_publishers, SITE_JOINING) && now - c->since_us < OPEN_US)
		return;
	if (c->n_publishers && !up) {
		c->stopped_early = true;
		enter(c, PHASE_LEAVE, now);
	} else if (!c->n_publishers || now - c->since_us > SETTLE_US) {
		look_at_server(c, &c->server_join_begin);
		c->rss_before_kb = c->server_join_begin.rss_kb;
		enter(c, PHASE_JOIN, now);
	}
}

/* The others. */

static void begin_joins(struct crowd *c, int64_t now)
{
	const struct options *o = &c->load->options;
	unsigned due = c->n_early;

	if (o->shape != SHAPE_JOIN) {
		c->begin_share += o->ramp * LOOK_US / 1e6;
		due = MIN(due, c->n_begun + (unsigned)c->begin_share);
		c->begin_share -= (unsigned)c->begin_share;
	}
	for (; c->n_begun < due; c->n_begun++)
		site_join(c->load->sites[c->n_begun], now);
}

/* Joined or failed for good. */
static bool is_settled(const struct site *s)
{
	return s->state == SITE_FAILED || s->state == SITE_LEFT || (s->state == SITE_UP && (!s->receives || site_first_us(s)));
}

static void join_turn(struct crowd *c, int64_t now)
{
	unsigned unsettled = 0;

	if (c->n_begun < c->n_early) {
		begin_joins(c, now);
		c->since_us = now;
		return;
	}
	for (unsigned i = c->n_publishers; i < c->n_begun; i++)
		unsettled += !is_settled(c->load->sites[i]);
	if (unsettled && now - c->since_us < JOIN_US)
		return;
	if (!c->has_join)
		look_at_server(c, &c->server_join_end);
	c->has_join = true;
	for (unsigned i = 0; i < c->load->n_sites && c->load->options.shape == SHAPE_MEETING; i++)
		room_watch(c->load->sites[i]);
	enter(c, PHASE_WARM, now);
}

/* The window. */

static void begin_window(struct crowd *c, int64_t now)
{
	struct load *l = c->load;
	struct measure *m = &c->measure;
	uint64_t altered = l->totals.altered, unopened = l->totals.unopened; /* of the whole run: what is wrong before is wrong too */

	look_at_server(c, &m->server_begin);
	process_look(&m->own_begin, getpid());
	port_stats(l->port, &m->port_begin);
	hub_take_late_us(l->hub);
	m->late_us = 0;
	memset(&l->totals, 0, sizeof(l->totals));
	l->totals.altered = altered;
	l->totals.unopened = unopened;
	for (unsigned i = 0; i < l->n_sites; i++)
		if (l->sites[i]->has_in)
			incoming_restart(&l->sites[i]->in, now);
	l->totals.open = true;
	c->n_seconds = 0;
	memset(&c->at_second, 0, sizeof(c->at_second));
	enter(c, PHASE_WINDOW, now);
}

/* In a meeting who was there watches who was there, and who comes late sees all. */
static unsigned pictures_wanted(const struct crowd *c, const struct site *s)
{
	unsigned others = (s->number < c->n_early ? c->n_early : c->load->n_sites) - 1;

	if (s->late && c->load->options.late_watch)
		return c->load->options.late_watch;
	return c->load->options.shape == SHAPE_MEETING ? MIN(ROOM_WATCHED, others) : 1;
}

static void count_steady(struct steady *t, const struct site *s, unsigned wanted, int64_t frozen_us)
{
	t->receivers++;
	t->whole += s->whole;
	t->pictures += incoming_pictures(&s->in);
	t->wanted += wanted;
	t->packets += s->in.packets;
	t->frozen_us += frozen_us;
	incoming_count(&s->in, &t->loss);
}

static void count_site(struct measure *m, struct site *s, unsigned wanted, int64_t now)
{
	int64_t frozen_us = incoming_end(&s->in, now);

	m->receivers++;
	m->whole += s->whole;
	m->pictures += incoming_pictures(&s->in);
	m->wanted += wanted;
	m->silent += !s->in.packets;
	incoming_count(&s->in, &m->loss);
	if (!s->down) {
		count_steady(&m->steady, s, wanted, frozen_us);
	} else if (wanted) {
		m->blind += !incoming_pictures(&s->in);
		m->mute += !incoming_voices(&s->in);
	}
}

static void count_sites(const struct crowd *c, struct measure *m, int64_t now)
{
	const struct load *l = c->load;

	m->receivers = m->silent = m->whole = m->pictures = m->wanted = m->blind = m->mute = 0;
	m->loss = (struct incoming_loss){ 0 };
	m->steady = (struct steady){ 0 };
	for (unsigned i = 0; i < l->n_sites; i++) {
		struct site *s = l->sites[i];

		if (s->has_in && s->state == SITE_UP)
			count_site(m, s, pictures_wanted(c, s), now);
	}
}

static void end_window(struct crowd *c, int64_t now)
{
	struct load *l = c->load;
	struct measure *m = &c->measure;

	count_sites(c, m, now);
	l->totals.open = false;
	m->window_us = now - c->since_us;
	m->totals = l->totals;
	look_at_server(c, &m->server_end);
	process_look(&m->own_end, getpid());
	port_stats(l->port, &m->port_end);
	m->has_server = m->server_begin.cpu_ns && m->server_end.cpu_ns;
	m->late_us = MAX(MAX(m->late_us, c->meanwhile.late_us), hub_take_late_us(l->hub));
	if (l->options.shape == SHAPE_LECTURE && !l->options.latecomers && !l->options.simulcast && !l->options.temporal) /* else less is as good */
		m->expected = (double)m->totals.sent_packets * m->receivers / MAX(c->n_publishers, 1u);
	c->rss_steady_kb = m->server_end.rss_kb;
	c->measured = true;
}

/* Why this step is past the knee; NULL: it is not. */
static const char *past_knee(const struct crowd *c, const struct step *s)
{
	if (s->loss >= 0.001)
		return "loss";
	if (s->p99_ms >= c->load->options.knee_p99_ms)
		return "latency";
	if (c->measure.silent || count_states(c, c->n_publishers, c->n_begun, SITE_FAILED))
		return "endpoints failed";
	if ((double)c->measure.totals.packets < (0.99 - 1e5 / (double)c->measure.window_us) * c->measure.expected) /* as in problem.c: some are on their way */
		return "packets were not forwarded";
	if (s->own_share > 0.8)
		return "the load tool is at its own limit";
	return NULL;
}

static void note_step(struct crowd *c)
{
	struct measure *m = &c->measure;
	struct step *s = &c->steps[c->n_steps++];

	*s = (struct step){
		.viewers = m->receivers, .packets_per_s = (double)m->totals.packets * 1e6 / (double)m->window_us,
		.loss = m->loss.numbered ? (double)m->loss.missing / (double)m->loss.numbered : 0,
		.p99_ms = (double)histogram_at(&m->totals.latency, 0.99) / 1e3,
		.server_share = process_share(&m->server_begin, &m->server_end), .own_share = process_share(&m->own_begin, &m->own_end),
		.waited = process_waited(&m->server_begin, &m->server_end),
	};
	c->knee_reason = past_knee(c, s);
	s->good = !c->knee_reason;
	if (s->good)
		c->good_viewers = s->viewers;
}

static int add_viewers(struct crowd *c)
{
	unsigned now = c->load->n_sites - c->n_publishers, then = (unsigned)(now * c->load->options.knee_step) + 1;

	int r = add_sites(c, then - now, (struct site_role){ .receives = true }, false);

	c->n_early = c->load->n_sites;
	return r;
}

/* A step that failed is measured once more: one bad moment of the machine is no knee. */
static void knee_turn(struct crowd *c, int64_t now)
{
	note_step(c);
	if (!c->knee_reason && c->n_steps < CROWD_STEPS - 1 && add_viewers(c) == 0) {
		c->tried_again = false;
		enter(c, PHASE_JOIN, now);
	} else if (c->knee_reason && !c->tried_again && c->n_steps < CROWD_STEPS - 1) {
		c->tried_again = true;
		enter(c, PHASE_WARM, now);
	} else {
		enter(c, PHASE_LEAVE, now);
	}
}

static void end_second(struct crowd *c, int64_t now)
{
	struct totals *t = &c->load->totals, *last = &c->at_second;

	if (now - c->since_us < (c->n_seconds + 1) * 1000000ll || c->n_seconds == CROWD_SECONDS)
		return;
	c->seconds[c->n_seconds++] = (struct second){
		.t_s = (double)(now - c->since_us) / 1e6, .packets = t->packets - last->packets, .bytes = t->bytes - last->bytes,
		.frames = t->whole_frames - last->whole_frames, .freezes = t->freezes - last->freezes, .heard = t->heard - last->heard,
		.p50_ms = (double)histogram_at(&t->latency_second, 0.5) / 1e3, .p95_ms = (double)histogram_at(&t->latency_second, 0.95) / 1e3,
	};
	memset(&t->latency_second, 0, sizeof(t->latency_second));
	*last = *t;
}

static void choose_line(struct crowd *c, int64_t now)
{
	const struct options *o = &c->load->options;

	for (unsigned i = 1; i < o->n_lines; i++)
		if (now - c->since_us >= o->lines[i].at_us)
			c->load->line = o->lines[i].model;
}

static void count_early(const struct crowd *c, struct incoming_loss *ret)
{
	*ret = (struct incoming_loss){ 0 };
	for (unsigned i = 0; i < c->n_early; i++)
		if (c->load->sites[i]->has_in && c->load->sites[i]->state == SITE_UP)
			incoming_count(&c->load->sites[i]->in, ret);
}

/* At once, but for what is due to be sent meanwhile. */
static void begin_latecomer(struct chore *chore, int64_t now)
{
	struct crowd *c = OWNER_OF(chore, struct crowd, begins);

	site_join(c->load->sites[c->n_begun++], now);
	if (c->n_begun < c->load->n_sites)
		hub_put_off(c->load->hub, &c->begins);
}

static void begin_latecomers(struct crowd *c, int64_t now)
{
	if (c->n_begun == c->load->n_sites || c->load->totals.joining || now - c->since_us < c->load->options.seconds * 1e6 / 3)
		return;
	c->meanwhile = (struct meanwhile){ .begin_us = now };
	count_early(c, &c->meanwhile.before);
	look_at_server(c, &c->meanwhile.server_begin);
	c->load->totals.joining = true;
	c->measure.late_us = hub_take_late_us(c->load->hub);
	c->begins.run = begin_latecomer;
	hub_put_off(c->load->hub, &c->begins);
}

/* Once the last of them has media, or the window is over. */
static void end_latecomers(struct crowd *c, int64_t now, bool over)
{
	unsigned unsettled = 0;

	if (!c->load->totals.joining)
		return;
	for (unsigned i = c->n_early; i < c->n_begun; i++)
		unsettled += !is_settled(c->load->sites[i]);
	if ((unsettled || c->n_begun < c->load->n_sites) && !over)
		return;
	c->load->totals.joining = false;
	c->meanwhile.late_us = hub_take_late_us(c->load->hub);
	hub_drop(c->load->hub, &c->begins);
	c->meanwhile.end_us = now;
	count_early(c, &c->meanwhile.after);
	look_at_server(c, &c->meanwhile.server_end);
}

static void window_turn(struct crowd *c, int64_t now)
{
	begin_latecomers(c, now);
	end_latecomers(c, now, now - c->since_us >= c->load->options.seconds * 1e6);
	choose_line(c, now);
	end_second(c, now);
	if (now - c->since_us < c->load->options.seconds * 1e6)
		return;
	end_window(c, now);
	if (c->load->options.knee)
		knee_turn(c, now);
	else
		enter(c, PHASE_LEAVE, now);
}

static void leave_turn(struct crowd *c, int64_t now)
{
	unsigned leaving = 0;

	for (unsigned i = 0; i < c->load->n_sites; i++) {
		struct site *s = c->load->sites[i];

		if (s->state == SITE_UP || s->state == SITE_JOINING)
			site_leave(s);
		leaving += s->entrance->is_leaving(s);
	}
	if (!leaving || now - c->since_us > LEAVE_US)
		enter(c, PHASE_DONE, now);
}

/* Who speaks is whose turn it is; sites speak one after the other all round. */
static void turn_speakers(struct crowd *c, int64_t now)
{
	struct load *l = c->load;
	unsigned n = l->options.speakers, from = (unsigned)(now / SPEAKERS_US) * n;

	if (now < c->speakers_us || !l->n_sites)
		return;
	c->speakers_us = now + SPEAKERS_US;
	for (unsigned i = 0; i < l->n_sites; i++)
		if (l->sites[i]->sends)
			l->sites[i]->out.speaks = l->options.shape != SHAPE_MEETING || (i + l->n_sites - from % l->n_sites) % l->n_sites < n;
}

bool crowd_turn(struct crowd *c, int64_t now_us)
{
	if (now_us < c->look_us)
		return c->phase == PHASE_DONE;
	c->look_us = now_us + LOOK_US;
	if (!c->since_us)
		c->since_us = now_us;
	turn_speakers(c, now_us);
	switch (c->phase) {
	case PHASE_OPEN:
		open_turn(c, now_us);
		break;
	case PHASE_JOIN:
		join_turn(c, now_us);
		break;
	case PHASE_WARM:
		if (now_us - c->since_us >= c->load->options.warmup * 1e6)
			begin_window(c, now_us);
		break;
	case PHASE_WINDOW:
		window_turn(c, now_us);
		break;
	case PHASE_LEAVE:
		leave_turn(c, now_us);
		break;
	case PHASE_DONE:
		break;
	}
	return c->phase == PHASE_DONE;
}

void crowd_stop(struct crowd *c)
{
	if (c->phase < PHASE_LEAVE) {
		c->stopped_early = true;
		enter(c, PHASE_LEAVE, c->look_us);
	}
}
