/* See report.h. One function a group of names. */
#include "tests/load/report.h"

#include <errno.h>
#include <string.h>

#include "tests/load/problem.h"
#include "tests/load/site.h"

#define VOICES_PER_S 50

static json_t *count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static double per_second(uint64_t n, const struct measure *m)
{
	return m->window_us ? (double)n * 1e6 / (double)m->window_us : 0;
}

static json_t *seats_of(const struct crowd *c)
{
	unsigned joined = 0, failed = 0, lost = 0;

	for (unsigned i = 0; i < c->load->n_sites; i++) {
		const struct site *s = c->load->sites[i];

		joined += s->was_up && (!s->receives || site_first_us(s));
		failed += s->state == SITE_FAILED && !s->was_up;
		lost += s->state == SITE_FAILED && s->was_up;
	}
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "pictures_wanted", (int)c->measure.wanted, "pictures", (int)c->measure.pictures, "wanted", (int)c->load->n_sites, "joined", (int)joined, "failed", (int)failed, "lost",
	                 (int)lost, "silent", (int)c->measure.silent);
}

static json_t *delivered_of(const struct measure *m)
{
	const struct totals *t = &m->totals;
	json_t *o = json_pack("{s:o, s:o, s:f, s:f, s:o, s:o, s:o, s:o}", "packets", count(t->packets), "bytes", count(t->bytes),
	                      "packets_per_s", per_second(t->packets, m), "bits_per_s", 8 * per_second(t->bytes, m), "audio_packets",
	                      count(t->audio), "video_packets", count(t->video), "rtx_packets", count(t->rtx), "stray_packets",
	                      count(t->strays));

	if (m->expected > 0) {
		json_object_set_new(o, "expected_packets", json_real(m->expected));
		json_object_set_new(o, "ratio", json_real((double)t->packets / m->expected));
	}
	return o;
}

static json_t *sent_of(const struct measure *m)
{
	return json_pack("{s:o, s:o, s:f}", "packets", count(m->totals.sent_packets), "bytes", count(m->totals.sent_bytes), "packets_per_s",
	                 per_second(m->totals.sent_packets, m));
}

static json_t *loss_of(const struct measure *m)
{
	const struct totals *t = &m->totals;

	return json_pack("{s:o, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "missing", count(m->loss.missing), "ratio",
	                 m->loss.numbered ? (double)m->loss.missing / (double)m->loss.numbered : 0.0, "reordered", count(t->reordered),
	                 "duplicates", count(t->duplicates), "repaired", count(t->repaired), "nacks_sent", count(t->nacks_sent),
	                 "nacks_received", count(t->nacks_received), "plis_received", count(t->plis_received), "plis_sent",
	                 count(t->plis_sent));
}

static json_t *checked_of(const struct crowd *c)
{
	const struct totals *t = &c->measure.totals;
	unsigned whole = 0;

	for (unsigned i = 0; i < c->load->n_sites; i++)
		whole += c->load->sites[i]->whole;
	return json_pack("{s:o, s:o, s:o, s:i}", "packets", count(t->checked), "altered", count(t->altered), "unopened", count(t->unopened),
	                 "viewers", (int)whole);
}

static json_t *spread_of(const struct histogram *h)
{
	json_t *o = json_pack("{s:o}", "samples", count(h->n));

	if (!h->n)
		return o;
	json_object_set_new(o, "p50", json_real((double)histogram_at(h, 0.5) / 1e3));
	json_object_set_new(o, "p95", json_real((double)histogram_at(h, 0.95) / 1e3));
	json_object_set_new(o, "p99", json_real((double)histogram_at(h, 0.99) / 1e3));
	json_object_set_new(o, "max", json_real((double)h->max_us / 1e3));
	return o;
}

enum moment { MOMENT_UP, MOMENT_FIRST, MOMENT_VIDEO };

/* How long joins took until that moment. */
static void collect_joins(const struct crowd *c, enum moment what, struct histogram *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (unsigned i = crowd_first_measured(c); i < c->load->n_sites; i++) {
		const struct site *s = c->load->sites[i];
		int64_t at = what == MOMENT_UP ? s->up_us : !s->has_in ? 0 : what == MOMENT_FIRST ? s->in.first_us : s->in.first_video_us;

		if (at)
			histogram_add(ret, at - s->begin_us);
	}
}

static json_t *joins_of(const struct crowd *c, enum moment what)
{
	struct histogram h;

	collect_joins(c, what, &h);
	return spread_of(&h);
}

static json_t *server_of(const struct crowd *c)
{
	const struct measure *m = &c->measure;
	double cpu_s = (double)(m->server_end.cpu_ns - m->server_begin.cpu_ns) / 1e9;
	unsigned seats = c->load->n_sites - c->n_publishers; /* those that are there in the steady state */
	json_t *o = json_pack("{s:i, s:f, s:f, s:f, s:I, s:I, s:f}", "pid", c->load->options.pid, "cpu_s", cpu_s, "core_share",
	                      process_share(&m->server_begin, &m->server_end), "waited_share",
	                      process_waited(&m->server_begin, &m->server_end), "rss_kb_before", (json_int_t)c->rss_before_kb, "rss_kb_steady",
	                      (json_int_t)c->rss_steady_kb, "kb_per_seat", seats ? (double)(c->rss_steady_kb - c->rss_before_kb) / seats : 0.0);
	json_t *threads = json_array();

	if (m->totals.packets)
		json_object_set_new(o, "cpu_us_per_packet", json_real(cpu_s * 1e6 / (double)m->totals.packets));
	for (unsigned i = 0; i < m->server_end.n_threads; i++)
		for (unsigned k = 0; k < m->server_begin.n_threads; k++) {
			const struct process_thread *a = &m->server_begin.threads[k], *b = &m->server_end.threads[i];

			if (a->tid == b->tid)
				json_array_append_new(threads, json_pack("{s:s, s:f}", "name", b->name, "cpu_s", (double)(b->cpu_ns - a->cpu_ns) / 1e9));
		}
	json_object_set_new(o, "threads", threads);
	return o;
}

static json_t *tool_of(const struct measure *m)
{
	return json_pack("{s:f, s:f, s:f, s:o, s:i, s:f}", "cpu_s", (double)(m->own_end.cpu_ns - m->own_begin.cpu_ns) / 1e9, "core_share",
	                 process_share(&m->own_begin, &m->own_end), "waited_share", process_waited(&m->own_begin, &m->own_end), "overflow", count(m->port_end.overflow - m->port_begin.overflow),
	                 "receive_buffer_bytes", m->port_end.receive_buffer_bytes, "late_ms_max", (double)m->late_us / 1e3);
}

static json_t *line_of(const struct load *l)
{
	struct line_stats up = { 0 }, down = { 0 };

	for (unsigned i = 0; i < l->n_sites; i++) {
		const struct site *s = l->sites[i];

		if (!s->up)
			continue;
		up.lost += line_stats(s->up)->lost;
		up.queue_dropped += line_stats(s->up)->queue_dropped;
		down.lost += line_stats(s->down)->lost;
		down.queue_dropped += line_stats(s->down)->queue_dropped;
	}
	return json_pack("{s:o, s:o, s:o, s:o}", "down_lost", count(down.lost), "up_lost", count(up.lost), "down_queue_dropped",
	                 count(down.queue_dropped), "up_queue_dropped", count(up.queue_dropped));
}

static json_t *frames_of(const struct crowd *c)
{
	const struct measure *m = &c->measure;
	const struct totals *t = &m->totals;
	json_t *o = json_pack("{s:o, s:o, s:o, s:f, s:f, s:o}", "whole", count(t->whole_frames), "broken", count(t->broken_frames), "freezes",
	                      count(t->freezes), "longest_freeze_ms", (double)t->longest_freeze_us / 1e3, "frozen_s", (double)t->frozen_us / 1e6,
	                      "heard", count(t->heard));

	if (c->load->options.shape == SHAPE_LECTURE && m->whole)
		json_object_set_new(o, "audio_ratio", json_real((double)t->heard * 1e6 / VOICES_PER_S / (double)m->window_us / m->whole));
	return o;
}

static json_t *series_of(const struct crowd *c)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < c->n_seconds; i++) {
		const struct second *s = &c->seconds[i];

		json_array_append_new(list, json_pack("{s:f, s:o, s:o, s:o, s:o, s:o, s:f, s:f}", "t_s", s->t_s, "packets", count(s->packets), "bytes",
		                                      count(s->bytes), "frames", count(s->frames), "freezes", count(s->freezes), "heard",
		                                      count(s->heard), "p50_ms", s->p50_ms, "p95_ms", s->p95_ms));
	}
	return list;
}

static json_t *knee_of(const struct crowd *c)
{
	json_t *steps = json_array(), *o;
	const struct step *best = NULL;

	for (unsigned i = 0; i < c->n_steps; i++) {
		const struct step *s = &c->steps[i];

		best = s->good ? s : best;
		json_array_append_new(steps, json_pack("{s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:b}", "viewers", (int)s->viewers, "packets_per_s",
		                                       s->packets_per_s, "loss_ratio", s->loss, "p99_ms", s->p99_ms, "server_core_share",
		                                       s->server_share, "tool_core_share", s->own_share, "server_waited_share", s->waited, "good", (int)s->good));
	}
	o = json_pack("{s:i, s:o, s:s}", "viewers", best ? (int)best->viewers : 0, "steps", steps, "reason",
	              c->knee_reason ? c->knee_reason : "no more steps");
	json_object_set_new(o, "packets_per_s", json_real(best ? best->packets_per_s : 0));
	json_object_set_new(o, "core_share", json_real(best ? best->server_share : 0));
	return o;
}

/* While latecomers came, of those who were there before. */
static json_t *meanwhile_of(const struct crowd *c)
{
	const struct meanwhile *w = &c->meanwhile;
	uint64_t numbered = w->after.numbered - w->before.numbered;
	int64_t missing = (int64_t)(w->after.missing - w->before.missing);
	json_t *o = json_pack("{s:f, s:o, s:I, s:f}", "s", (double)(w->end_us - w->begin_us) / 1e6, "latency_ms",
	                      spread_of(&c->measure.totals.latency_meanwhile), "missing", (json_int_t)MAX(missing, 0), "loss_ratio",
	                      numbered ? (double)MAX(missing, 0) / (double)numbered : 0.0);

	json_object_set_new(o, "tool_late_ms", json_real((double)w->late_us / 1e3));
	if (c->measure.has_server)
		json_object_set_new(o, "server_core_share", json_real(process_share(&w->server_begin, &w->server_end)));
	return o;
}

static void add_window(json_t *o, const struct crowd *c)
{
	const struct measure *m = &c->measure;
	const struct options *opt = &c->load->options;

	json_object_set_new(o, "window_s", json_real((double)m->window_us / 1e6));
	json_object_set_new(o, "delivered", delivered_of(m));
	json_object_set_new(o, "sent", sent_of(m));
	json_object_set_new(o, "loss", loss_of(m));
	json_object_set_new(o, "checked", checked_of(c));
	json_object_set_new(o, "latency_ms", spread_of(&m->totals.latency));
	json_object_set_new(o, "frames", frames_of(c));
	json_object_set_new(o, "series", series_of(c));
	json_object_set_new(o, "tool", tool_of(m));
	if (m->has_server)
		json_object_set_new(o, "server", server_of(c));
	if (opt->n_lines)
		json_object_set_new(o, "line", line_of(c->load));
	if (c->meanwhile.end_us)
		json_object_set_new(o, "meanwhile", meanwhile_of(c));
	if (opt->knee)
		json_object_set_new(o, "knee", knee_of(c));
}

static json_t *whole_report(const struct crowd *c, json_t *problems)
{
	const struct options *opt = &c->load->options;
	json_t *o = json_pack("{s:s, s:s, s:b, s:O, s:o}", "shape", shape_name(opt->shape), "target", target_name(opt->target), "ok",
	                      json_array_size(problems) == 0, "problems", problems, "seats", seats_of(c));

	json_object_set_new(o, "join_ms", joins_of(c, MOMENT_FIRST));
	json_object_set_new(o, "join_up_ms", joins_of(c, MOMENT_UP));
	json_object_set_new(o, "join_video_ms", joins_of(c, MOMENT_VIDEO));
	if (c->has_join && c->server_join_begin.cpu_ns)
		json_object_set_new(o, "join", json_pack("{s:f}", "server_cpu_s",
		                                         (double)(c->server_join_end.cpu_ns - c->server_join_begin.cpu_ns) / 1e9));
	if (c->measured)
		add_window(o, c);
	return o;
}

static double number_at(const json_t *o, const char *group, const char *name)
{
	return json_number_value(json_object_get(json_object_get(o, group), name));
}

static void print_meanwhile(const json_t *o, FILE *out)
{
	if (o)
		fprintf(out, "meanwhile  for those who were there while others came, %.1f s: p99 %.2f ms, max %.2f; lost %.4f %%\n",
		        json_number_value(json_object_get(o, "s")), number_at(o, "latency_ms", "p99"), number_at(o, "latency_ms", "max"),
		        100 * json_number_value(json_object_get(o, "loss_ratio")));
}

static void print_server(const json_t *o, FILE *out)
{
	if (!json_object_get(o, "server"))
		return;
	fprintf(out, "server     %.2f cores (waited %.2f), %.2f us CPU a packet, %.0f kB a seat; joins took %.2f s CPU\n",
	        number_at(o, "server", "core_share"), number_at(o, "server", "waited_share"),
	        number_at(o, "server", "cpu_us_per_packet"), number_at(o, "server", "kb_per_seat"), number_at(o, "join", "server_cpu_s"));
}

static void print_knee(const json_t *o, FILE *out)
{
	json_t *steps = json_object_get(json_object_get(o, "knee"), "steps"), *s;
	size_t i;

	json_array_foreach(steps, i, s)
		fprintf(out, "step       %5lld viewers, %8.0f packets/s, loss %.4f %%, p99 %.2f ms, server %.2f cores, tool %.2f%s\n",
		        json_integer_value(json_object_get(s, "viewers")), json_number_value(json_object_get(s, "packets_per_s")),
		        100 * json_number_value(json_object_get(s, "loss_ratio")), json_number_value(json_object_get(s, "p99_ms")),
		        json_number_value(json_object_get(s, "server_core_share")), json_number_value(json_object_get(s, "tool_core_share")),
		        json_is_true(json_object_get(s, "good")) ? "" : "  past the knee");
	if (steps)
		fprintf(out, "knee       %.0f viewers, %.0f packets/s; then: %s\n", number_at(o, "knee", "viewers"),
		        number_at(o, "knee", "packets_per_s"),
		        json_string_value(json_object_get(json_object_get(o, "knee"), "reason")));
}

/* What a line model took, so that nobody holds it against the server, and what those saw and heard all the same who were looked at. */
static void print_line(const json_t *o, FILE *out)
{
	if (!json_object_get(o, "line"))
		return;
	fprintf(out, "line       took, by itself and since the beginning, %.0f packets down and %.0f up, and dropped from its queue %.0f and %.0f\n",
	        number_at(o, "line", "down_lost"), number_at(o, "line", "up_lost"), number_at(o, "line", "down_queue_dropped"),
	        number_at(o, "line", "up_queue_dropped"));
	if (json_object_get(o, "frames"))
		fprintf(out, "pictures   stood still %.0f times, %.0f ms the longest, at receivers that were looked at\n", number_at(o, "frames", "freezes"),
		        number_at(o, "frames", "longest_freeze_ms"));
}

static void print_report(const json_t *o, FILE *out)
{
	json_t *problems = json_object_get(o, "problems"), *p;
	size_t i;

	fprintf(out, "endpoints  %.0f of %.0f joined, to first media p50 %.0f ms, p95 %.0f, max %.0f\n", number_at(o, "seats", "joined"),
	        number_at(o, "seats", "wanted"), number_at(o, "join_ms", "p50"), number_at(o, "join_ms", "p95"), number_at(o, "join_ms", "max"));
	if (json_object_get(o, "delivered")) {
		fprintf(out, "delivered  %.0f packets/s, %.1f Mbit/s; sent %.0f packets/s\n", number_at(o, "delivered", "packets_per_s"),
		        number_at(o, "delivered", "bits_per_s") / 1e6, number_at(o, "sent", "packets_per_s"));
		fprintf(out, "lost       %.0f (%.4f %%), %.0f repaired; %.0f compared, %.0f altered\n", number_at(o, "loss", "missing"),
		        100 * number_at(o, "loss", "ratio"), number_at(o, "loss", "repaired"), number_at(o, "checked", "packets"),
		        number_at(o, "checked", "altered"));
		fprintf(out, "latency    p50 %.2f ms, p95 %.2f, p99 %.2f, max %.2f\n", number_at(o, "latency_ms", "p50"),
		        number_at(o, "latency_ms", "p95"), number_at(o, "latency_ms", "p99"), number_at(o, "latency_ms", "max"));
		fprintf(out, "this tool  %.2f cores, waited for one %.0f %% of the time, at most %.1f ms late\n", number_at(o, "tool", "core_share"),
		        100 * number_at(o, "tool", "waited_share"), number_at(o, "tool", "late_ms_max"));
	}
	print_line(o, out);
	print_meanwhile(json_object_get(o, "meanwhile"), out);
	print_server(o, out);
	print_knee(o, out);
	json_array_foreach(problems, i, p)
		fprintf(out, "problem: %s\n", json_string_value(p));
	fprintf(out, "%s\n", json_array_size(problems) ? "NOT well" : "all well");
}

static int write_json(const json_t *o, const char *path)
{
	if (!path)
		return 0;
	if (!strcmp(path, "-"))
		return json_dumpf(o, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER) < 0 || puts("") < 0 ? -EIO : 0;
	return json_dump_file(o, path, JSON_INDENT(2) | JSON_PRESERVE_ORDER) < 0 ? -EIO : 0;
}

int report(const struct crowd *c, FILE *out)
{
	json_t *problems = problems_of(c), *o = whole_report(c, problems);
	int n = (int)json_array_size(problems), r;

	print_report(o, out);
	r = write_json(o, c->load->options.json);
	json_decref(o);
	json_decref(problems);
	return r < 0 ? r : n;
}
