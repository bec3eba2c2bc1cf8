/* The look from above: what a superior sees of running classes, live, and nobody else; who is missing is noted once; findings; the wall by the tree. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/office.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define CITY 1
#define DISTRICT 2              /* of SITE */
#define SITE 4                  /* whose PC signs in as branch001 */
#define NEIGHBOUR 5             /* of the same district, branch002 */
#define MINUTE_MS 60000LL

/* A class of one district that is under way, its superior, that of another district, and who leads the site. */
struct look {
	struct server_cfg cfg;
	struct office admin, above, beside, secretary;
	struct loop *loop;
	json_int_t class, ann, org;     /* the class is held by `org` */
	char room[32];
	struct seat *host, *site;       /* numbers 100, 200 */
};

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static void end_json(void *j)
{
	json_decref(j);
}

static void end_seat(void *s)
{
	seat_free(s);
}

static struct office with_grant(struct office *admin, const char *name, json_int_t org, const char *role, bool subtree)
{
	json_int_t who = office_person(admin, name, org);

	office_ask(admin, "POST", "grants", office_grant(who, org, role, subtree));
	CHECK(admin->last->status == 201, "%s", admin->last->body);
	return office_enter(admin, who);
}

static void enter(struct look *l)
{
	l->host = attendee_with(l->admin.server, l->loop, NULL, NULL, &(struct seat_cfg){ .room = l->room, .cookie = l->admin.cookie, .mic = true, .camera = true, .number = 100 });
	l->site = attendee_with(l->admin.server, l->loop, NULL, NULL,
	                        &(struct seat_cfg){ .room = l->room, .cookie = account_cookie(l->admin.server, "branch001"), .mic = true, .camera = true, .number = 200 });
	CHECK(l->host->id[0] && l->site->id[0], "%s %s", seat_error(l->host->joined), seat_error(l->site->joined));
}

/* `after` is what the server takes for the five minutes. */
static bool set_up(struct look *l, json_int_t org, const char *after)
{
	json_int_t now = g_get_real_time() / 1000;
	json_t *j;

	*l = (struct look){ .cfg = { .options = { "--absentees-after", after, NULL } }, .org = org };
	l->admin.server = server_start(&l->cfg);
	if (!l->admin.server)
		return false;
	defer(l->admin.server, server_free);
	l->admin.cookie = account_cookie(l->admin.server, "admin");
	l->loop = stage_loop();
	l->above = with_grant(&l->admin, "巡查员", DISTRICT, "inspector", true);
	l->beside = with_grant(&l->admin, "别区巡查员", COUNTY, "inspector", true);
	l->secretary = with_grant(&l->admin, "支部书记", SITE, "leader", false);
	l->ann = office_person(&l->admin, "安娜", SITE);
	j = office_ask(&l->admin, "POST", "classes", json_pack("{s:I, s:s, s:s, s:I, s:I, s:b}", "org", org, "title", "党课", "kind", "lecture", "start_ms", now + 5 * MINUTE_MS, "end_ms",
	                                                       now + 95 * MINUTE_MS, "subtree", 1));
	l->class = number(j, "id");
	g_snprintf(l->room, sizeof(l->room), "class-%lld", (long long)l->class);
	CHECK(l->admin.last->status == 201, "%s", l->admin.last->body);
	enter(l);
	return l->host->id[0] && l->site->id[0];
}

static struct seat *socket_of(struct look *l, const struct office *o)
{
	return defer(seat_open(&(struct seat_cfg){ .loop = l->loop, .host = "127.0.0.1", .port = l->admin.server->port, .cookie = o->cookie, .no_media = true }), end_seat);
}

static json_t *asked(struct seat *s, const char *type, json_t *fields)
{
	json_t *reply = defer(seat_ask(s, type, "o", fields), end_json);

	CHECK(!*seat_error(reply), "%s: %s", type, seat_error(reply));
	return reply;
}

static json_t *find(const json_t *list, const char *name, json_int_t id)
{
	json_t *row;
	size_t i;

	json_array_foreach(list, i, row)
		if (number(row, name) == id)
			return row;
	return NULL;
}

/* What a page knows that has opened a look and one room, as its events change it. */
struct page {
	struct seat *socket;
	size_t taken;
	json_t *rooms, *sites, *seats;  /* objects by id */
};

static void put_rows(json_t *to, const json_t *list, const char *id)
{
	json_t *row;
	size_t i;

	json_array_foreach(list, i, row) {
		const json_t *v = json_object_get(row, id);
		g_autofree char *key = json_is_integer(v) ? g_strdup_printf("%lld", (long long)json_integer_value(v)) : g_strdup(json_string_value(v));

		json_object_set(to, key, row);
	}
}

static void drop_rows(json_t *from, const json_t *gone)
{
	json_t *id;
	size_t i;

	json_array_foreach(gone, i, id) {
		g_autofree char *key = json_is_integer(id) ? g_strdup_printf("%lld", (long long)json_integer_value(id)) : g_strdup(json_string_value(id));

		json_object_del(from, key);
	}
}

static void take_events(struct page *p)
{
	seat_pump(p->socket);
	for (; p->taken < json_array_size(p->socket->events); p->taken++) {
		const json_t *ev = json_array_get(p->socket->events, p->taken);

		put_rows(p->rooms, json_object_get(ev, "rooms"), "room");
		drop_rows(p->rooms, json_object_get(ev, "gone"));
		put_rows(p->sites, json_object_get(ev, "sites"), "site");
		put_rows(p->seats, json_object_get(ev, "seats"), "seat");
		drop_rows(p->sites, json_object_get(ev, "gone_sites"));
		drop_rows(p->seats, json_object_get(ev, "gone_seats"));
	}
}

static void show(struct page *p, const char *room)
{
	json_t *reply = asked(p->socket, "look.room", json_pack("{s:s}", "room", room));

	put_rows(p->sites, json_object_get(reply, "sites"), "site");
	put_rows(p->seats, json_object_get(reply, "seats"), "seat");
}

static struct page open_page(struct look *l, const struct office *o)
{
	struct page p = { .socket = socket_of(l, o), .rooms = defer(json_object(), end_json), .sites = defer(json_object(), end_json), .seats = defer(json_object(), end_json) };

	put_rows(p.rooms, json_object_get(asked(p.socket, "look.open", json_object()), "rooms"), "room");
	return p;
}

static json_t *site_row(struct page *p, json_int_t site)
{
	g_autofree char *key = g_strdup_printf("%lld", (long long)site);

	return json_object_get(p->sites, key);
}

struct expectation {
	struct page *page;
	const char *room;               /* a row of rooms, */
	json_int_t site;                /* or of sites */
	const char *field;
	json_int_t number;
	const char *text;               /* NULL: the number */
};

static bool holds(void *user)
{
	struct expectation *e = user;
	const json_t *row;

	take_events(e->page);
	row = e->room ? json_object_get(e->page->rooms, e->room) : site_row(e->page, e->site);
	return e->text ? !strcmp(text(row, e->field), e->text) : row && number(row, e->field) == e->number;
}

static bool wait_room(struct page *p, const char *room, const char *field, json_int_t n)
{
	return wait_until(5000, holds, &(struct expectation){ .page = p, .room = room, .field = field, .number = n });
}

static bool wait_site(struct page *p, json_int_t site, const char *field, json_int_t n)
{
	return wait_until(5000, holds, &(struct expectation){ .page = p, .site = site, .field = field, .number = n });
}

static bool wait_state(struct page *p, json_int_t site, const char *state)
{
	return wait_until(5000, holds, &(struct expectation){ .page = p, .site = site, .field = "state", .text = state });
}

static char *dump(const json_t *j)
{
	return defer(json_dumps(j, JSON_COMPACT), free);
}

static void seen_live(void)
{
	struct look l;
	struct page p;
	json_int_t expected;

	REQUIRE(set_up(&l, DISTRICT, "300"));
	p = open_page(&l, &l.above);
	CHECK(!strcmp(text(json_object_get(p.rooms, l.room), "state"), "lobby"), "%s", dump(p.rooms));
	CHECK(!*seat_do(l.host, "class.open", "{}"));
	show(&p, l.room);
	CHECK(wait_until(5000, holds, &(struct expectation){ .page = &p, .room = l.room, .field = "state", .text = "open" }), "%s", dump(p.rooms));
	expected = number(json_object_get(p.rooms, l.room), "expected");
	CHECK(expected > 10 && number(json_object_get(p.rooms, l.room), "absent") == expected, "%s", dump(p.rooms));
	CHECK(!strcmp(text(site_row(&p, SITE), "state"), "here") && !strcmp(text(site_row(&p, SITE), "seat"), l.site->id), "%s", dump(site_row(&p, SITE)));
	CHECK(!strcmp(text(site_row(&p, NEIGHBOUR), "state"), "never") && json_is_true(json_object_get(site_row(&p, NEIGHBOUR), "names")), "%s", dump(site_row(&p, NEIGHBOUR)));
	CHECK(!*seat_do(l.site, "class.mark", "{s:[I], s:b}", "persons", l.ann, "here", 1));
	CHECK(wait_room(&p, l.room, "arrived", 1) && wait_site(&p, SITE, "arrived", 1), "%s", dump(site_row(&p, SITE)));
	CHECK(number(json_object_get(p.rooms, l.room), "absent") == expected - 1);
	CHECK(!*seat_do(l.site, "class.mark", "{s:[I], s:b}", "persons", l.ann, "here", 0));
	CHECK(wait_site(&p, SITE, "left", 1) && wait_site(&p, SITE, "arrived", 0), "%s", dump(site_row(&p, SITE)));
	CHECK(!*seat_do(l.site, "leave", "{}") && wait_state(&p, SITE, "gone"), "%s", dump(site_row(&p, SITE)));
	CHECK(!json_object_get(site_row(&p, SITE), "seat") && wait_room(&p, l.room, "sites_here", 0));
	CHECK(!*seat_do(l.host, "class.close", "{}"));
	CHECK(wait_until(5000, holds, &(struct expectation){ .page = &p, .room = l.room, .field = "state", .text = "closed" }), "%s", dump(p.rooms));
	CHECK(!*seat_do(p.socket, "look.close", "{}") && !strcmp(seat_do(p.socket, "look.room", "{s:s}", "room", l.room), "not_joined"));
}

/* A class of the city: each superior has the own part and the own sums; those of the others are nowhere. */
static void parts_of_one_class(void)
{
	struct look l;
	struct page a, b, all;
	const json_t *ra, *rb, *rall;
	const char *key;
	json_t *row;

	REQUIRE(set_up(&l, CITY, "300"));
	CHECK(!*seat_do(l.host, "class.open", "{}"));
	CHECK(!*seat_do(l.site, "class.mark", "{s:[I], s:b}", "persons", l.ann, "here", 1));
	a = open_page(&l, &l.above);
	b = open_page(&l, &l.beside);
	all = open_page(&l, &l.admin);
	ra = json_object_get(a.rooms, l.room);
	rb = json_object_get(b.rooms, l.room);
	rall = json_object_get(all.rooms, l.room);
	REQUIRE(ra && rb && rall);
	CHECK(number(ra, "sites") + number(rb, "sites") < number(rall, "sites") && number(ra, "arrived") == 1 && number(rb, "arrived") == 0 && number(rb, "sites_here") == 0, "%s %s", dump(ra), dump(rb));
	show(&a, l.room);
	show(&b, l.room);
	CHECK(site_row(&a, SITE) && !site_row(&a, BRANCH) && site_row(&b, BRANCH) && !site_row(&b, SITE));
	json_object_foreach(b.sites, key, row)
		CHECK(!json_object_get(a.sites, key), "%s is in both", key);
	CHECK(json_object_size(b.seats) == 0, "the host is the city's: %s", dump(b.seats));
	CHECK(!json_object_get(rb, "org") && json_object_get(rall, "org"), "who holds it is out of sight: %s", dump(rb));
}

/* Of another district's class there is nothing at all, and the words are those for what is not there. */
static void out_of_sight(void)
{
	struct look l;
	struct page b;
	struct http_reply *there, *not_there;
	struct seat *nobody;
	json_int_t unknown = 999;

	REQUIRE(set_up(&l, DISTRICT, "1"));
	CHECK(!*seat_do(l.host, "class.open", "{}"));
	b = open_page(&l, &l.beside);
	CHECK(!json_object_get(b.rooms, l.room), "%s", dump(b.rooms));
	CHECK(!strcmp(seat_do(b.socket, "look.room", "{s:s}", "room", l.room), "not_found") && !strcmp(seat_do(b.socket, "look.room", "{s:s}", "room", "class-999"), "not_found"));
	CHECK(!strcmp(seat_do(b.socket, "look.check", "{s:I, s:[i]}", "class", l.class, "sites", SITE), "not_found"));
	CHECK(!strcmp(seat_do(b.socket, "look.check", "{s:I, s:[i]}", "class", unknown, "sites", SITE), "not_found"));
	office_ask(&l.beside, "GET", office_path("look/classes", l.class, ""), NULL);
	there = l.beside.last;
	office_ask(&l.beside, "GET", office_path("look/classes", unknown, ""), NULL);
	not_there = l.beside.last;
	CHECK(there->status == 404 && not_there->status == 404 && !strcmp(there->body, not_there->body), "%s %s", there->body, not_there->body);
	CHECK(!strcmp(office_code(&l.beside, "POST", office_path("classes", l.class, "/findings"), json_pack("{s:i, s:s, s:I}", "site", SITE, "text", "x", "look_ms", (json_int_t)1)), "not_found"));
	office_ask(&l.above, "POST", office_path("classes", l.class, "/findings"), json_pack("{s:i, s:s, s:I}", "site", SITE, "text", "空座很多", "look_ms", g_get_real_time() / 1000));
	CHECK(l.above.last->status == 201, "%s", l.above.last->body);
	CHECK(json_array_size(json_object_get(office_ask(&l.beside, "GET", "findings", NULL), "items")) == 0, "%s", l.beside.last->body);
	CHECK(!strcmp(office_code(&l.beside, "GET", "findings?org=4", NULL), "not_found") && !strcmp(office_code(&l.beside, "GET", "notices?org=4", NULL), "not_found"));
	CHECK(!strcmp(office_code(&l.beside, "POST", office_path("classes", l.class, "/findings/1/answer"), json_pack("{s:s}", "text", "x")), "not_found"));
	CHECK(!strcmp(office_code(&l.beside, "POST", office_path("classes", l.class, "/findings/9/answer"), json_pack("{s:s}", "text", "x")), "not_found"));
	/* Until the notices of the absentees are there, which are none of theirs. */
	for (int i = 0; i < 300 && json_array_size(json_object_get(office_ask(&l.secretary, "GET", "notices", NULL), "items")) < 2; i++)
		g_usleep(100000);
	CHECK(json_array_size(json_object_get(office_ask(&l.beside, "GET", "notices", NULL), "items")) == 0, "%s", l.beside.last->body);
	take_events(&b);
	CHECK(!json_object_get(b.rooms, l.room));
	nobody = socket_of(&l, &(struct office){ .cookie = account_cookie(l.admin.server, "branch001") });
	CHECK(!strcmp(seat_do(nobody, "look.open", "{}"), "forbidden"), "a site looks at nobody");
	CHECK(!strcmp(office_code(&(struct office){ .server = l.admin.server, .cookie = account_cookie(l.admin.server, "branch001") }, "GET", "look", NULL), "forbidden"));
}

/* ---- who is missing ---- */

static json_t *notice_of(struct office *o, const char *kind)
{
	json_t *items = json_object_get(office_ask(o, "GET", "notices", NULL), "items"), *row;
	size_t i;

	json_array_foreach(items, i, row)
		if (!strcmp(text(row, "kind"), kind))
			return row;
	return NULL;
}

static json_t *wait_notice(struct office *o, const char *kind)
{
	json_t *row = NULL;

	for (int i = 0; i < 300 && !(row = notice_of(o, kind)); i++)
		g_usleep(100000);
	return row;
}

/* Rows of a kind in the whole journal, by site. */
static void count_rows(struct server *s, const char *kind, GHashTable *by_site)
{
	const char *const export[] = { "export", "--data", s->data, "--format", "jsonl", NULL };
	struct outcome *o = server_command(export);
	g_auto(GStrv) lines = g_strsplit(o->out ? o->out : "", "\n", -1);

	CHECK(o->status == 0, "%s", o->err);
	for (char **line = lines; *line; line++) {
		json_t *j = json_loads(*line, 0, NULL);
		json_int_t site = number(json_object_get(j, "payload"), "site");

		if (!strcmp(text(j, "kind"), kind))
			g_hash_table_insert(by_site, GINT_TO_POINTER(site), GINT_TO_POINTER(GPOINTER_TO_INT(g_hash_table_lookup(by_site, GINT_TO_POINTER(site))) + 1));
		json_decref(j);
	}
	outcome_free(o);
}

static void check_once(struct server *s, size_t sites)
{
	g_autoptr(GHashTable) rows = g_hash_table_new(NULL, NULL);
	GHashTableIter it;
	gpointer site, n;

	count_rows(s, "ABSENTEES_NOTED", rows);
	CHECK(g_hash_table_size(rows) == sites, "%u of %zu sites", g_hash_table_size(rows), sites);
	g_hash_table_iter_init(&it, rows);
	while (g_hash_table_iter_next(&it, &site, &n))
		CHECK(GPOINTER_TO_INT(n) == 1, "site %d: %d rows", GPOINTER_TO_INT(site), GPOINTER_TO_INT(n));
}

/* Killed at whatever moment around the note: before, in the middle of the commit, after. */
static void noted_once(void)
{
	static const useconds_t moments[] = { 300000, 900000, 1050000, 1200000 };
	struct look l;
	json_t *of_site, *above;
	json_int_t sites;

	REQUIRE(set_up(&l, DISTRICT, "1"));
	CHECK(!*seat_do(l.host, "class.open", "{}"));
	CHECK(!*seat_do(l.site, "class.mark", "{s:[I], s:b}", "persons", l.ann, "here", 1));
	for (unsigned i = 0; i < G_N_ELEMENTS(moments); i++) {
		g_usleep(moments[i]);
		REQUIRE(server_end(l.admin.server, SIGKILL) != -1 && server_restart(l.admin.server));
	}
	of_site = wait_notice(&l.secretary, "absentees");
	above = wait_notice(&l.above, "absentees_below");
	REQUIRE(of_site && above, "%s", l.secretary.last->body);
	CHECK(number(of_site, "absent") == number(of_site, "expected") - 1 && number(of_site, "class") == l.class && !strcmp(text(of_site, "class_title"), "党课"), "%s", dump(of_site));
	sites = number(above, "sites");
	CHECK(sites > 5 && number(above, "absent") > number(of_site, "absent") && !json_object_get(above, "site"), "%s", dump(above));
	REQUIRE(server_end(l.admin.server, SIGKILL) != -1 && server_restart(l.admin.server));
	g_usleep(2500000); /* it would do it again by now */
	check_once(l.admin.server, (size_t)sites);
	of_site = office_ask(&l.secretary, "GET", "notices", NULL);
	CHECK(json_array_size(json_object_get(of_site, "items")) == 1 && number(of_site, "unread") == 1, "%s", l.secretary.last->body);
}

static void read_once(void)
{
	struct look l;
	struct seat *bell, *second;
	json_t *reply, *ev, *list;
	size_t mark;

	REQUIRE(set_up(&l, DISTRICT, "2"));
	bell = socket_of(&l, &l.secretary);
	second = socket_of(&l, &l.secretary);
	reply = asked(bell, "notices.open", json_object());
	CHECK(number(reply, "unread") == 0 && json_array_size(json_object_get(reply, "notices")) == 0, "%s", dump(reply));
	asked(second, "notices.open", json_object());
	mark = seat_mark(second);
	CHECK(!*seat_do(l.host, "class.open", "{}"));
	ev = seat_event(bell, 0, "notices.new", 10000);
	CHECK(ev && number(ev, "unread") == 1 && !strcmp(text(json_object_get(ev, "notice"), "kind"), "absentees") && number(json_object_get(ev, "notice"), "org") == SITE, "%s", dump(ev));
	list = office_ask(&l.secretary, "GET", "notices?unread=1", NULL);
	CHECK(json_array_size(json_object_get(list, "items")) == 1, "%s", l.secretary.last->body);
	list = office_ask(&l.secretary, "POST", "notices/read", json_pack("{s:I}", "upto", number(json_array_get(json_object_get(list, "items"), 0), "id")));
	CHECK(l.secretary.last->status == 200 && number(list, "unread") == 0, "%s", l.secretary.last->body);
	ev = seat_event(second, mark, "notices.unread", 3000);
	CHECK(ev && number(ev, "unread") == 0, "the other page knows");
	REQUIRE(server_end(l.admin.server, SIGKILL) != -1 && server_restart(l.admin.server));
	list = office_ask(&l.secretary, "GET", "notices", NULL);
	CHECK(number(list, "unread") == 0 && json_is_true(json_object_get(json_array_get(json_object_get(list, "items"), 0), "read")), "%s", l.secretary.last->body);
	CHECK(json_array_size(json_object_get(office_ask(&l.secretary, "GET", "notices?unread=1", NULL), "items")) == 0);
	CHECK(!strcmp(office_code(&l.secretary, "POST", "notices/read", json_pack("{s:s}", "upto", "x")), "bad_message"));
	CHECK(!strcmp(office_code(&(struct office){ .server = l.admin.server }, "GET", "notices", NULL), "not_signed_in"));
}

/* ---- findings ---- */

static json_t *write_finding(struct look *l, struct office *o, json_int_t site, const char *words)
{
	return office_ask(o, "POST", office_path("classes", l->class, "/findings"), json_pack("{s:I, s:s, s:I}", "site", site, "text", words, "look_ms", g_get_real_time() / 1000));
}

static void found_and_answered(void)
{
	struct look l;
	struct office site;
	json_t *j;

	REQUIRE(set_up(&l, DISTRICT, "300"));
	site = (struct office){ .server = l.admin.server, .cookie = account_cookie(l.admin.server, "branch001") };
	CHECK(!*seat_do(l.host, "class.open", "{}"));
	j = write_finding(&l, &l.above, SITE, "摄像头对着天花板");
	CHECK(l.above.last->status == 201 && number(j, "finding") == 1 && !strcmp(text(j, "text"), "摄像头对着天花板") && !json_is_true(json_object_get(j, "may_answer")), "%s", l.above.last->body);
	REQUIRE(server_end(l.admin.server, SIGKILL) != -1 && server_restart(l.admin.server));
	j = json_array_get(json_object_get(office_ask(&l.secretary, "GET", "findings?open=1", NULL), "items"), 0);
	CHECK(number(j, "site") == SITE && !strcmp(text(j, "text"), "摄像头对着天花板") && json_is_true(json_object_get(j, "may_answer")), "acknowledged is kept: %s", l.secretary.last->body);
	CHECK(*text(j, "by_org") && !json_object_get(j, "by"), "by whom it was written is out of the branch's sight: %s", dump(j));
	CHECK(notice_of(&l.secretary, "finding_written") && notice_of(&l.above, "finding_written"), "%s", l.above.last->body);
	CHECK(!strcmp(office_code(&l.above, "POST", office_path("classes", l.class, "/findings/1/answer"), json_pack("{s:s}", "text", "x")), "forbidden"), "%s", l.above.last->body);
	enter(&l);
	CHECK(!*seat_do(l.host, "class.close", "{}"));
	j = office_ask(&site, "POST", office_path("classes", l.class, "/findings/1/answer"), json_pack("{s:s}", "text", "已经调整"));
	CHECK(site.last->status == 200 && !strcmp(text(j, "answer"), "已经调整") && number(j, "answered_ms") > 0, "by the site itself, after the class: %s", site.last->body);
	CHECK(!strcmp(office_code(&l.secretary, "POST", office_path("classes", l.class, "/findings/1/answer"), json_pack("{s:s}", "text", "x")), "finding.answered"));
	REQUIRE(server_end(l.admin.server, SIGKILL) != -1 && server_restart(l.admin.server));
	j = json_array_get(json_object_get(office_ask(&l.above, "GET", "findings", NULL), "items"), 0);
	CHECK(!strcmp(text(j, "answer"), "已经调整") && notice_of(&l.above, "finding_answered"), "%s", dump(j));
	CHECK(!strcmp(office_code(&l.above, "POST", office_path("classes", l.class, "/findings"), json_pack("{s:i, s:s, s:I}", "site", SITE, "text", " ", "look_ms", (json_int_t)1)), "bad_message"));
	j = write_finding(&l, &l.above, NEIGHBOUR, "还在");
	CHECK(number(j, "finding") == 2, "also once the class is closed: %s", l.above.last->body);
	CHECK(!strcmp(office_code(&l.above, "POST", office_path("classes", l.class, "/findings"), json_pack("{s:i, s:s, s:I}", "site", BRANCH, "text", "x", "look_ms", (json_int_t)1)), "not_found"));
	CHECK(json_array_size(json_object_get(office_ask(&l.above, "GET", "findings?limit=1", NULL), "items")) == 1 && *text(office_ask(&l.above, "GET", "findings?limit=1", NULL), "next"));
	CHECK(json_array_size(json_object_get(office_ask(&l.secretary, "GET", "findings", NULL), "items")) == 1, "the neighbour's is not the secretary's: %s", l.secretary.last->body);
}

/* ---- checks and walls ---- */

static void checked_by_hand(void)
{
	struct look l;
	struct page p;
	json_t *reply;
	size_t mark;

	REQUIRE(set_up(&l, CITY, "300"));
	p = open_page(&l, &l.above);
	show(&p, l.room);
	CHECK(!strcmp(seat_do(p.socket, "look.check", "{s:I, s:[i]}", "class", l.class, "sites", SITE), "not_now"), "not before it is open");
	CHECK(!*seat_do(l.host, "class.open", "{}") && !*seat_do(l.site, "class.mark", "{s:[I], s:b}", "persons", l.ann, "here", 1));
	CHECK(!strcmp(seat_do(p.socket, "look.check", "{s:I, s:[i, i]}", "class", l.class, "sites", SITE, BRANCH), "not_found"), "one of them is another district's");
	mark = seat_mark(l.site);
	reply = asked(p.socket, "look.check", json_pack("{s:I, s:[i]}", "class", l.class, "sites", SITE));
	CHECK(number(reply, "ask") == 1, "%s", dump(reply));
	CHECK(seat_event(l.site, mark, "ask.changed", 3000) != NULL);
	CHECK(!strcmp(seat_do(p.socket, "look.check", "{s:I, s:[i]}", "class", l.class, "sites", SITE), "rate_limited"), "one at a time");
	CHECK(!*seat_do(l.site, "ask.answer", "{s:i, s:[], s:I}", "ask", 1, "choice", "person", l.ann));
	for (int i = 0; i < 50; i++) {
		const json_t *ev = seat_event(p.socket, mark = 0, "look.detail", 100), *check;

		for (size_t k = json_array_size(p.socket->events); k > 0 && ev; k--) {
			check = json_object_get(json_array_get(p.socket->events, k - 1), "check");
			if (check && number(check, "answered") == 1) {
				CHECK(number(find(json_object_get(check, "sites"), "site", SITE), "answered") == 1);
				return;
			}
		}
		g_usleep(100000);
	}
	CHECK(false, "the answer is not told");
}

static struct seat *wall_of(struct look *l, const struct office *o)
{
	struct seat *w = defer(seat_open(&(struct seat_cfg){ .loop = l->loop, .host = "127.0.0.1", .port = l->admin.server->port, .cookie = o->cookie, .endpoint.feedback = true }), end_seat);
	const char *error = seat_open_wall(w);

	CHECK(!*error && endpoint_wait_up(w->endpoint, 5000), "%s", error);
	return w;
}

static const char *show_on(struct seat *wall, const char *room, const char *seat)
{
	return seat_do(wall, "wall.show", "{s:[{s:i, s:s, s:s, s:s}]}", "slots", "slot", 4, "room", room, "seat", seat, "source", "camera");
}

/* A city's class: each district watches its own sites, by the tree alone; the right is taken in the middle of it. */
static void watched_by_the_tree(void)
{
	struct look l;
	struct seat *a, *b;
	struct page p;
	json_t *grants, *looks;
	size_t mark;

	REQUIRE(set_up(&l, CITY, "300"));
	CHECK(!*seat_do(l.host, "class.open", "{}"));
	a = wall_of(&l, &l.above);
	b = wall_of(&l, &l.beside);
	p = open_page(&l, &l.above);
	show(&p, l.room);
	CHECK(!*show_on(a, l.room, text(site_row(&p, SITE), "seat")) && attendee_wait(a, l.site->id, "camera", 5, 5000), "its own site is not shown");
	looks = seat_event(l.site, 0, "looks", 3000);
	CHECK(looks && json_is_true(json_object_get(looks, "looking")) && json_array_size(json_object_get(looks, "orgs")) == 1, "the site is told: %s", dump(looks));
	mark = seat_mark(b);
	CHECK(!*show_on(b, l.room, l.site->id) && seat_event(b, mark, "wall.refused", 3000), "another district's site is shown");
	mark = seat_mark(a);
	CHECK(!*show_on(a, l.room, l.host->id) && seat_event(a, mark, "wall.refused", 3000), "the host is the city's");
	CHECK(!*show_on(a, l.room, l.site->id) && attendee_wait(a, l.site->id, "camera", 5, 5000));
	office_ask(&l.admin, "GET", "audit?act=watch&org=4", NULL);
	CHECK(strstr(l.admin.last->body, "\"watch\"") != NULL, "%s", l.admin.last->body);
	grants = office_ask(&l.admin, "GET", "grants?org=2&limit=500", NULL);
	mark = seat_mark(a);
	for (size_t i = 0; i < json_array_size(json_object_get(grants, "items")); i++) {
		const json_t *g = json_array_get(json_object_get(grants, "items"), i);

		if (!strcmp(text(g, "role"), "inspector") && number(g, "org") == DISTRICT)
			office_ask(&l.admin, "POST", office_path("grants", number(g, "id"), "/end"), json_pack("{s:s}", "why", "test"));
	}
	CHECK(l.admin.last->status == 204, "%s", l.admin.last->body);
	CHECK(seat_event(a, mark, "wall.refused", 3000) != NULL, "watches on without a right");
	g_usleep(100000);
	CHECK(attendee_hears_nothing(a, 201, 500), "packets without a right");
	CHECK(seat_event(p.socket, 0, "look.ended", 3000) != NULL, "the look goes on without a right");
	CHECK(!strcmp(seat_do(p.socket, "look.open", "{}"), "forbidden"));
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a superior sees a class of the subtree as it goes, by sites and in sums", seen_live },
		{ "of a city's class each district sees its own part, and nothing of the others", parts_of_one_class },
		{ "of another district's class there is nothing, and the words are those for what is not there", out_of_sight },
		{ "who is missing is noted exactly once, whenever the server is killed", noted_once },
		{ "notices are pushed, and read once for all pages of an account, also after kill -9", read_once },
		{ "a finding is written, and answered after the class, and survives kill -9", found_and_answered },
		{ "a superior checks the presence at the own sites only, one check at a time", checked_by_hand },
		{ "a district watches its sites in a city's class by the tree, and no longer than it may", watched_by_the_tree },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
