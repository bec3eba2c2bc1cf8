/* See problem.h. */
#include "tests/load/problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/load/site.h"

#define OWN_SHARE 0.8
#define LATE_US 300000
#define FROZEN 0.05             /* of the time that was watched */
#define REASONS 8               /* different reasons of failed endpoints that are told */

static void __attribute__((format(printf, 2, 3))) add(json_t *list, const char *fmt, ...)
{
	char text[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	json_array_append_new(list, json_string_nocheck(text));
}

/* Endpoints that failed for the same reason are one line. */
static void add_failed(json_t *list, const struct load *l)
{
	const char *told[REASONS];
	unsigned n = 0;

	for (unsigned i = 0; i < l->n_sites && n < REASONS; i++) {
		const struct site *s = l->sites[i];
		unsigned same = 0, k = 0;

		while (k < n && strcmp(told[k], s->why) != 0)
			k++;
		if (s->state != SITE_FAILED || k < n)
			continue;
		told[n++] = s->why;
		for (unsigned j = i; j < l->n_sites; j++)
			same += l->sites[j]->state == SITE_FAILED && !strcmp(l->sites[j]->why, s->why);
		add(list, "%u endpoints failed: %s", same, s->why);
	}
}

static void add_unfinished(json_t *list, const struct crowd *c)
{
	unsigned joining = 0, without = 0;

	for (unsigned i = 0; i < c->n_begun; i++) {
		const struct site *s = c->load->sites[i];

		joining += s->was_up ? 0 : s->state == SITE_LEFT;
		without += s->was_up && s->receives && s->state != SITE_FAILED && !site_first_us(s);
	}
	if (joining)
		add(list, "%u endpoints had not joined by the end", joining);
	if (without)
		add(list, "%u endpoints never got media", without);
	if (c->stopped_early)
		add(list, c->n_begun < c->load->n_sites ? "the run was ended before all had joined" : "the run was ended before its time");
}

/* What no line of ours held up. In a meeting with lines others see what senders on them lost: then only that each picture came is judged. */
static void add_steady(json_t *list, const struct crowd *c)
{
	const struct measure *m = &c->measure;
	const struct steady *t = &m->steady;
	const struct options *o = &c->load->options;
	double loss = t->loss.numbered ? 100.0 * (double)t->loss.missing / (double)t->loss.numbered : 0;
	double expected = m->receivers ? m->expected * t->receivers / m->receivers : 0;

	if (t->pictures < 0.99 * t->wanted)
		add(list, "only %u of %u pictures came", t->pictures, t->wanted);
	if (o->n_lines && o->shape == SHAPE_MEETING)
		return;
	if (loss > o->max_loss)
		add(list, "%.3f %% of packets were lost", loss);
	/* What is under way at the window's edges counts on one side only: a tenth of a second of it is no fault. */
	if ((double)t->packets < (0.99 - 1e5 / (double)m->window_us) * expected)
		add(list, "only %.1f %% of what was published was forwarded", 100 * (double)t->packets / expected);
	if ((double)t->frozen_us > FROZEN * (double)m->window_us * t->whole)
		add(list, "pictures stood still: %.1f s together at %u receivers that were looked at", (double)t->frozen_us / 1e6, t->whole);
}

static void add_media(json_t *list, const struct crowd *c)
{
	const struct measure *m = &c->measure;

	if (m->totals.altered)
		add(list, "%lu packets were altered", (unsigned long)m->totals.altered);
	if (m->totals.unopened)
		add(list, "%lu packets did not open", (unsigned long)m->totals.unopened);
	if (m->silent)
		add(list, "%u of %u endpoints got nothing in the window", m->silent, m->receivers);
	add_steady(list, c);
	if (m->blind)
		add(list, "%u endpoints on a line got no picture in the window", m->blind);
	if (m->mute)
		add(list, "%u endpoints on a line heard no voice in the window", m->mute);
	if (m->receivers && !m->totals.checked)
		add(list, "no packet was compared: the window is too short");
}

static void add_own(json_t *list, const struct measure *m)
{
	double share = process_share(&m->own_begin, &m->own_end);

	if (share > OWN_SHARE)
		add(list, "this tool needed %.0f %% of a core: it measured itself, not the server", 100 * share);
	if (m->late_us > LATE_US)
		add(list, "this tool was held up for %.0f ms: the machine is too busy to measure on", (double)m->late_us / 1e3);
	if (m->port_end.overflow > m->port_begin.overflow)
		add(list, "this tool was too slow: its sockets dropped %lu datagrams (see SO_RCVBUF, --pin)",
		    (unsigned long)(m->port_end.overflow - m->port_begin.overflow));
	if (m->port_end.send_failed > m->port_begin.send_failed)
		add(list, "%lu datagrams could not be sent", (unsigned long)(m->port_end.send_failed - m->port_begin.send_failed));
}

/* The last step is meant to fail, but by the server: what was never right is a problem, and so is a knee of our own. */
static void add_knee(json_t *list, const struct crowd *c)
{
	if (!c->good_viewers)
		add(list, "no step was good: %s", c->knee_reason ? c->knee_reason : "none was measured");
	if (c->measure.totals.altered || c->measure.totals.unopened)
		add(list, "%lu packets were altered or did not open", (unsigned long)(c->measure.totals.altered + c->measure.totals.unopened));
	add_own(list, &c->measure);
}

json_t *problems_of(const struct crowd *c)
{
	json_t *list = json_array();

	add_failed(list, c->load);
	add_unfinished(list, c);
	if (c->load->options.knee && c->measured) {
		add_knee(list, c);
	} else if (c->measured) {
		add_media(list, c);
		add_own(list, &c->measure);
	}
	if (c->load->options.pid && c->measured && !c->measure.has_server)
		add(list, "no process %d, or it ended", c->load->options.pid);
	return list;
}
