/*
 * huitang-phones: many members' phones on the companion page of one class. They open their pages, are asked, answer, and each answer's way to the disk and
 * back is measured. The host's seat (without media) begins the class and asks. Steps follow lines on standard input, so that a script can set it beside media:
 *
 *   begin the class, open all pages ─► "ready"    line ─► asks, answers spread over --seconds, until all are acknowledged ─► figures as JSON, end
 */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/load/histogram.h"
#include "tests/load/request.h"
#include "tests/load/websocket.h"

#define ASKS_MAX 16
#define PATIENCE_US 30000000LL
#define RAMP_US 2000            /* between two phones that connect */

enum asked { ASKED_HELLO = 1, ASKED_OPEN, ASKED_ANSWER = 100 };
enum host_asked { HOST_HELLO = 1, HOST_JOIN, HOST_OPEN, HOST_ASK };

struct options {
	struct address server;
	const char *claims, *token;
	long long class;
	unsigned asks, answers;
	double seconds;
};

struct phone {
	struct websocket socket;
	struct crowd *crowd;
	char claim[200];
	bool connected, told;           /* told: of the asks of this round */
	unsigned n_sent;
	int64_t sent_us[ASKS_MAX];      /* 0: not on its way */
};

struct host {
	struct websocket socket;
	struct crowd *crowd;
	unsigned n_asked;
};

struct crowd {
	struct options options;
	struct hub *hub;
	struct host host;
	struct phone *phones;
	unsigned n, n_connected, n_open, n_told;
	struct watch input;
	enum { BEGINNING, OPENING, WAITING, ASKING, ANSWERING, OVER } state;
	int64_t since_us, next_us, asked_us;
	unsigned n_sent, n_acknowledged, n_refused, n_lost;
	struct histogram answers, opened, told;
	int64_t last_us;
	char refusal[64];
};

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "huitang-phones: %s: %s\n", what, why);
	exit(1);
}

static void send_json(struct websocket *w, int id, const char *type, json_t *fields)
{
	char *text;

	json_object_set_new(fields, "id", json_integer(id));
	json_object_set_new(fields, "type", json_string(type));
	text = json_dumps(fields, JSON_COMPACT);
	websocket_send(w, text, strlen(text));
	free(text);
	json_decref(fields);
}

/* ---- a phone ---- */

static void on_phone_open(struct websocket *w)
{
	struct phone *p = OWNER_OF(w, struct phone, socket);

	p->sent_us[0] = g_get_monotonic_time();
	send_json(w, ASKED_HELLO, "hello", json_pack("{s:i, s:s, s:s}", "version", 1, "lang", "zh", "companion", p->claim));
}

static void open_page(struct phone *p)
{
	char device[32];

	snprintf(device, sizeof(device), "load-phone-%u", (unsigned)(p - p->crowd->phones));
	send_json(&p->socket, ASKED_OPEN, "companion.open", json_pack("{s:I, s:s}", "class", (json_int_t)p->crowd->options.class, "device", device));
}

static void on_answered(struct phone *p, int ask, bool refused, const char *text)
{
	struct crowd *c = p->crowd;
	int64_t now = g_get_monotonic_time();

	histogram_add(&c->answers, now - p->sent_us[ask]);
	p->sent_us[ask] = 0;
	c->last_us = now;
	c->n_acknowledged += !refused;
	c->n_refused += refused;
	if (refused)
		snprintf(c->refusal, sizeof(c->refusal), "%.60s", text);
}

static void on_phone_reply(struct phone *p, int id, const char *text)
{
	struct crowd *c = p->crowd;
	bool refused = strstr(text, "\"error\":{") != NULL;

	if (id >= ASKED_ANSWER && id < ASKED_ANSWER + ASKS_MAX) {
		on_answered(p, id - ASKED_ANSWER, refused, text);
	} else if (refused) {
		fail("a phone", text);
	} else if (id == ASKED_HELLO) {
		open_page(p);
	} else if (id == ASKED_OPEN) {
		histogram_add(&c->opened, g_get_monotonic_time() - p->sent_us[0]);
		p->sent_us[0] = 0;
		c->n_open++;
	}
}

/* The state with the last ask of the round. */
static void on_phone_event(struct phone *p, const char *text)
{
	struct crowd *c = p->crowd;
	char last[32];

	if (c->state < ASKING || p->told)
		return;
	snprintf(last, sizeof(last), "\"ask\":%u,", c->options.asks);
	if (!strstr(text, last))
		return;
	p->told = true;
	c->n_told++;
	histogram_add(&c->told, g_get_monotonic_time() - c->asked_us);
}

/* Replies begin with their number: whole states need not be read. */
static void on_phone_text(struct websocket *w, char *text, size_t len)
{
	struct phone *p = OWNER_OF(w, struct phone, socket);
	int id;

	(void)len;
	if (sscanf(text, "{\"reply\":%d", &id) == 1)
		on_phone_reply(p, id, text);
	else
		on_phone_event(p, text);
}

static void on_phone_end(struct websocket *w, const char *why)
{
	struct phone *p = OWNER_OF(w, struct phone, socket);

	if (p->crowd->state != OVER && p->crowd->n_lost++ == 0)
		fprintf(stderr, "huitang-phones: a phone was cut off: %s\n", why);
}

static void connect_phone(struct crowd *c, struct phone *p)
{
	p->socket.on_open = on_phone_open;
	p->socket.on_text = on_phone_text;
	p->socket.on_end = on_phone_end;
	p->connected = true;
	if (websocket_open(&p->socket, c->hub, &c->options.server, "/ws", NULL) < 0)
		fail("a phone", "cannot connect");
}

static void answer(struct crowd *c, unsigned number)
{
	struct phone *p = &c->phones[number % c->n];
	unsigned ask = number / c->n;

	p->sent_us[ask] = g_get_monotonic_time();
	send_json(&p->socket, ASKED_ANSWER + (int)ask, "companion.answer", json_pack("{s:i, s:[i]}", "ask", (int)ask + 1, "choice", (int)(number % 2)));
}

/* ---- who leads ---- */

static void on_host_open(struct websocket *w)
{
	struct host *h = OWNER_OF(w, struct host, socket);

	send_json(w, HOST_HELLO, "hello", json_pack("{s:i, s:s, s:s}", "version", 1, "lang", "zh", "token", h->crowd->options.token));
}

static void ask_all(struct crowd *c)
{
	c->state = ASKING;
	c->asked_us = g_get_monotonic_time();
	for (unsigned i = 0; i < c->options.asks; i++)
		send_json(&c->host.socket, HOST_ASK + (int)i, "ask.open", json_pack("{s:s, s:s, s:s, s:[s,s], s:i}", "kind", "vote", "audience", "persons", "prompt", "决议", "options", "同意", "不同意", "span_s", 600));
}

static void on_host_reply(struct host *h, int id, const char *text)
{
	struct crowd *c = h->crowd;
	char room[32];

	if (strstr(text, "\"error\":{"))
		fail("the host", text);
	snprintf(room, sizeof(room), "class-%lld", c->options.class);
	if (id == HOST_HELLO)
		send_json(&h->socket, HOST_JOIN, "join", json_pack("{s:s, s:s, s:s, s:b, s:b}", "room", room, "name", "host", "profile", "desktop", "mic", 0, "camera", 0));
	else if (id == HOST_JOIN)
		send_json(&h->socket, HOST_OPEN, "class.open", json_object());
	else if (id == HOST_OPEN)
		c->state = OPENING;
	else if (++h->n_asked == c->options.asks)
		c->since_us = g_get_monotonic_time(), c->state = ANSWERING;
}

static void on_host_text(struct websocket *w, char *text, size_t len)
{
	int id;

	(void)len;
	if (sscanf(text, "{\"reply\":%d", &id) == 1)
		on_host_reply(OWNER_OF(w, struct host, socket), id, text);
}

static void on_host_end(struct websocket *w, const char *why)
{
	(void)w;
	fail("the host", why);
}

/* ---- the course ---- */

static void on_input(struct watch *w, uint32_t events)
{
	struct crowd *c = OWNER_OF(w, struct crowd, input);
	char line[64];

	(void)events;
	if (read(w->fd, line, sizeof(line)) <= 0)
		fail("standard input", "is at its end");
	if (c->state == WAITING)
		ask_all(c);
}

static void open_pages(struct crowd *c, int64_t now)
{
	while (c->n_connected < c->n && now >= c->next_us) {
		connect_phone(c, &c->phones[c->n_connected++]);
		c->next_us = MAX(c->next_us, now - 10 * RAMP_US) + RAMP_US;
	}
	if (c->n_open < c->n)
		return;
	c->state = WAITING;
	printf("ready\n");
	fflush(stdout);
}

static void send_answers(struct crowd *c, int64_t now)
{
	const struct options *o = &c->options;
	double part = (double)(now - c->since_us) / (o->seconds * 1e6);

	while (c->n_sent < o->answers && c->n_sent < part * o->answers)
		answer(c, c->n_sent++);
	if (c->n_acknowledged + c->n_refused < o->answers && now - c->since_us < (int64_t)(o->seconds * 1e6) + PATIENCE_US)
		return;
	c->state = OVER;
	hub_stop(c->hub);
}

static void on_turn(void *user, int64_t now)
{
	struct crowd *c = user;

	(void)now;
	if (c->state == OPENING)
		open_pages(c, g_get_monotonic_time());
	if (c->state == ANSWERING)
		send_answers(c, g_get_monotonic_time());
}

static void on_flush(void *user)
{
	(void)user;
}

static json_t *times(const struct histogram *h)
{
	return json_pack("{s:I, s:f, s:f, s:f, s:f}", "n", (json_int_t)h->n, "p50_ms", (double)histogram_at(h, 0.5) / 1e3, "p95_ms", (double)histogram_at(h, 0.95) / 1e3, "p99_ms",
	                 (double)histogram_at(h, 0.99) / 1e3, "max_ms", (double)h->max_us / 1e3);
}

static void report(const struct crowd *c)
{
	struct rusage u;
	json_t *j;

	getrusage(RUSAGE_SELF, &u);
	j = json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:f, s:f, s:o, s:o, s:o, s:s}", "phones", (int)c->n, "sent", (int)c->n_sent, "acknowledged", (int)c->n_acknowledged, "refused",
	              (int)c->n_refused, "cut_off", (int)c->n_lost, "told", (int)c->n_told, "took_s", (double)(c->last_us - c->since_us) / 1e6, "tool_cpu_s",
	              (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6, "answer", times(&c->answers), "open", times(&c->opened),
	              "told_of_asks", times(&c->told), "refusal", c->refusal);
	json_dumpf(j, stdout, JSON_COMPACT);
	printf("\n");
	json_decref(j);
}

static void read_claims(struct crowd *c)
{
	FILE *f = fopen(c->options.claims, "r");
	char line[200];

	if (!f)
		fail(c->options.claims, "cannot be read");
	while (fgets(line, sizeof(line), f)) {
		c->phones = g_renew(struct phone, c->phones, c->n + 1);
		c->phones[c->n] = (struct phone){ 0 };
		g_strlcpy(c->phones[c->n].claim, g_strchomp(line), sizeof(line));
		c->n++;
	}
	fclose(f);
	for (unsigned i = 0; i < c->n; i++)
		c->phones[i].crowd = c;
}

static void read_options(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "server", required_argument, NULL, 's' }, { "claims", required_argument, NULL, 'c' }, { "token", required_argument, NULL, 't' },
		{ "class", required_argument, NULL, 'k' }, { "asks", required_argument, NULL, 'a' }, { "answers", required_argument, NULL, 'n' },
		{ "seconds", required_argument, NULL, 'd' }, { 0 },
	};
	int id;

	*o = (struct options){ .asks = 5, .answers = 9000, .seconds = 10 };
	while ((id = getopt_long(argc, argv, "", names, NULL)) != -1)
		switch (id) {
		case 's':
			if (address_read(&o->server, optarg) < 0)
				fail("--server", optarg);
			break;
		case 'c': o->claims = optarg; break;
		case 't': o->token = optarg; break;
		case 'k': o->class = atoll(optarg); break;
		case 'a': o->asks = (unsigned)atoi(optarg); break;
		case 'n': o->answers = (unsigned)atoi(optarg); break;
		case 'd': o->seconds = atof(optarg); break;
		default: exit(2);
		}
	if (!o->claims || !o->token || !o->class || o->asks < 1 || o->asks > ASKS_MAX)
		fail("usage", "huitang-phones --server URL --class N --token HOST --claims FILE [--asks N] [--answers N] [--seconds S]");
}

int main(int argc, char **argv)
{
	static struct crowd c;
	struct rlimit l;

	read_options(&c.options, argc, argv);
	getrlimit(RLIMIT_NOFILE, &l);
	l.rlim_cur = l.rlim_max;
	setrlimit(RLIMIT_NOFILE, &l);
	read_claims(&c);
	if (c.n * c.options.asks < c.options.answers)
		fail("--answers", "more than phones and asks give");
	if (hub_create(&c.hub) < 0)
		fail("epoll", "cannot be had");
	c.input = (struct watch){ STDIN_FILENO, on_input };
	hub_watch(c.hub, &c.input, EPOLLIN);
	c.host.crowd = &c;
	c.host.socket.on_open = on_host_open;
	c.host.socket.on_text = on_host_text;
	c.host.socket.on_end = on_host_end;
	if (websocket_open(&c.host.socket, c.hub, &c.options.server, "/ws", NULL) < 0)
		fail("the host", "cannot connect");
	hub_run(c.hub, on_turn, on_flush, &c);
	report(&c);
	return c.n_acknowledged == c.options.answers ? 0 : 1;
}
