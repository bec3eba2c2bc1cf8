/* Reports over a period: what one class came to, drilled down by whoever may, and nothing of it for whoever may not. */
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/oracle.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define SITE_COUNTY 2                   /* above SITE, */
#define SITE_TOWNSHIP 3
#define CITY 1
#define UNKNOWN 7777777

static char first[16], last[16];        /* days around today, in Shanghai */

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static void set_period(void)
{
	g_autoptr(GTimeZone) zone = g_time_zone_new_offset(8 * 3600);
	g_autoptr(GDateTime) now = g_date_time_new_now(zone), before = g_date_time_add_days(now, -1), after = g_date_time_add_days(now, 2);
	g_autofree char *from = g_date_time_format(before, "%Y-%m-%d"), *to = g_date_time_format(after, "%Y-%m-%d");

	g_strlcpy(first, from, sizeof(first));
	g_strlcpy(last, to, sizeof(last));
}

/* "reports/attendance?org=4&from=…". */
static char *path_of(const char *what, json_int_t org, const char *more)
{
	return defer(g_strdup_printf("%s/attendance?org=%lld&from=%s&to=%s%s", what, (long long)org, first, last, more), g_free);
}

static json_t *report(struct office *o, json_int_t org, const char *more)
{
	json_t *j = office_ask(o, "GET", path_of("reports", org, more), NULL);

	CHECK(o->last->status == 200, "%ld %s", o->last->status, o->last->body);
	return j;
}

static json_t *row_of(const json_t *report_, const char *member, json_int_t id)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(report_, "items"), i, row)
		if (number(row, member) == id)
			return row;
	return NULL;
}

/* A class in which Ann was, and its result. */
static bool teach(struct hall *h)
{
	struct office ann;

	set_period();
	if (!hall_open(h))
		return false;
	ann = office_enter(&h->admin, h->ann);
	hall_page(h, hall_phone(h, ann.cookie, NULL), hall_scan(h, &ann), "device-of-ann");
	CHECK(!strcmp(seat_do(h->host, "class.open", "{}"), ""));
	seat_stay(h->host, 1000);
	CHECK(!strcmp(seat_do(h->host, "class.close", "{}"), ""));
	for (int i = 0; i < 600; i++) {
		if (number(json_object_get(report(&h->admin, CITY, ""), "total"), "held") == 1)
			return true;
		g_usleep(50000);
	}
	return CHECK(false, "no result: %s", h->admin.last->body);
}

/* ---- the figures ---- */

static void check_sums(const json_t *r)
{
	const json_t *total = json_object_get(r, "total"), *value, *row, *months = json_object_get(r, "months");
	const char *name;
	size_t i;

	json_object_foreach((json_t *)total, name, value) {
		json_int_t rows = number(json_object_get(r, "others"), name) + number(json_object_get(r, "unnamed"), name), by_month = 0;

		if (!strcmp(name, "rate_permille"))
			continue;
		json_array_foreach(json_object_get(r, "items"), i, row)
			rows += number(row, name);
		json_array_foreach(months, i, row)
			by_month += number(row, name);
		CHECK(rows == json_integer_value(value) && by_month == rows, "%s: %lld in rows, %lld in months, %lld in all", name, (long long)rows, (long long)by_month,
		      (long long)json_integer_value(value));
	}
}

static void drilled_down(void)
{
	json_t *r, *row;
	struct hall h;

	REQUIRE(teach(&h));
	r = report(&h.admin, CITY, "&limit=500");
	check_sums(r);
	row = row_of(r, "org", SITE_COUNTY);
	CHECK(number(row, "arrived") == 1 && number(row, "expected") > 100 && number(row, "expected") == 1 + number(row, "absent"), "%s", h.admin.last->body);
	r = report(&h.admin, SITE_COUNTY, "");
	CHECK(json_equal(json_object_get(row, "expected"), json_object_get(json_object_get(r, "total"), "expected")), "%s", h.admin.last->body);
	check_sums(report(&h.admin, SITE_COUNTY, "&level=orgs&limit=500"));
	r = report(&h.admin, SITE, "&level=persons&limit=500");
	check_sums(r);
	row = row_of(r, "person", h.ann);
	CHECK(row && number(row, "arrived") == 1 && number(row, "rate_permille") == 1000 && number(row, "org") == SITE, "%s", h.admin.last->body);
	row = row_of(r, "person", h.bob);
	CHECK(row && number(row, "absent") == 1 && number(row, "present_s") == 0, "%s", h.admin.last->body);
	CHECK(!json_object_get(r, "others"), "%s", h.admin.last->body);
	CHECK(oracle_agrees_period(h.admin.server, "1", first, last));
}

/* Pages by the cursor are of one state of the journal and give every row once; its hash is the command's. */
static void paged_and_repeated(void)
{
	g_autofree char *more = g_strdup("&level=orgs&limit=7");
	size_t rows = 0, count = 1;
	struct outcome *o;
	const char *hash = NULL;
	struct hall h;

	REQUIRE(teach(&h));
	for (int page = 0; page < 200 && rows < count; page++) {
		json_t *r = report(&h.admin, CITY, more);
		const char *this = json_string_value(json_object_get(r, "hash"));

		count = (size_t)number(r, "count");
		rows += json_array_size(json_object_get(r, "items"));
		CHECK(!hash || !strcmp(hash, this), "%s, then %s", hash, this);
		hash = defer(g_strdup(this), g_free);
		g_free(more);
		more = g_strdup_printf("&level=orgs&limit=7&cursor=%s", rows < count ? json_string_value(json_object_get(r, "next")) : "");
	}
	CHECK(rows == count && count > 100, "%zu of %zu", rows, count);
	report(&h.admin, CITY, "&level=orgs");
	o = server_command((const char *const[]){ "report", "--data", h.admin.server->data, "--org", "1", "--from", first, "--to", last, "--level", "orgs", "--known", "1", "--format", "json", NULL });
	CHECK(o->status == 0 && strstr(o->out, "\"held\": 0"), "as it was before anything: %s%s", o->out, o->err);
	outcome_free(o);
}

/* ---- files ---- */

static void as_files(void)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct outcome *o;
	struct hall h;

	REQUIRE(teach(&h));
	office_ask(&h.admin, "PATCH", office_path("people", h.bob, ""), json_pack("{s:s}", "name", "=1+1"));
	CHECK(h.admin.last->status == 200, "%s", h.admin.last->body);
	office_ask(&h.admin, "GET", path_of("exports", SITE, "&level=persons"), NULL);
	CHECK(h.admin.last->status == 200 && g_str_has_prefix(h.admin.last->body, mark), "%ld %s", h.admin.last->status, h.admin.last->body);
	CHECK(strstr(h.admin.last->body, "\"安娜\"") && strstr(h.admin.last->body, "\"'=1+1\"") && strstr(h.admin.last->body, "合计"), "%s", h.admin.last->body);
	CHECK(strstr(h.admin.last->headers, "attendance-20") && strstr(h.admin.last->headers, ".csv"), "%s", h.admin.last->headers);
	office_ask(&h.admin, "GET", path_of("exports", CITY, "&level=orgs&format=xlsx&lang=en"), NULL);
	CHECK(h.admin.last->status == 200 && h.admin.last->body_len > 4000 && !memcmp(h.admin.last->body, "PK", 2), "%ld", h.admin.last->status);
	office_ask(&h.admin, "GET", "audit?act=report.export", NULL);
	CHECK(strstr(h.admin.last->body, "\"xlsx\"") && strstr(h.admin.last->body, "\"persons\""), "%s", h.admin.last->body);
	o = server_command((const char *const[]){ "report", "--data", h.admin.server->data, "--org", "4", "--from", first, "--to", last, "--level", "persons", "--format", "csv", NULL });
	CHECK(o->status == 0 && strstr(o->out, "安娜"), "%s%s", o->out, o->err);
	outcome_free(o);
}

/* ---- whose it is ---- */

static struct office chief_of(struct hall *h, json_int_t org, bool subtree)
{
	json_int_t id = office_person(&h->admin, "主任", org);

	office_ask(&h->admin, "POST", "grants", office_grant(id, org, "leader", subtree));
	return office_enter(&h->admin, id);
}

/* Nothing by id, count or file: in the words for what is not there. */
static void check_nothing(struct office *o, json_int_t org)
{
	static const char *const more[] = { "", "&level=orgs", "&level=persons", "&sort=rate", "&level=nonsense", "&known=1" };
	static const char *const whats[] = { "reports", "exports" };

	for (unsigned w = 0; w < G_N_ELEMENTS(whats); w++)
		for (unsigned i = 0; i < G_N_ELEMENTS(more); i++) {
			g_autofree char *there = NULL;

			office_ask(o, "GET", path_of(whats[w], org, more[i]), NULL);
			there = g_strdup_printf("%ld %s", o->last->status, o->last->body);
			office_ask(o, "GET", path_of(whats[w], UNKNOWN, more[i]), NULL);
			CHECK(o->last->status == 404 && g_str_has_prefix(there, "404") && strstr(there, o->last->body), "%s%s: %s", whats[w], more[i], there);
		}
}

static void not_beyond_sight(void)
{
	struct office other, township, alone, pc, member;
	json_t *r;
	struct hall h;

	REQUIRE(teach(&h));
	other = chief_of(&h, COUNTY, true);
	check_nothing(&other, SITE);
	check_nothing(&other, SITE_COUNTY);
	check_nothing(&other, CITY);
	r = report(&other, COUNTY, "");
	CHECK(number(json_object_get(r, "total"), "arrived") == 0, "%s", other.last->body);
	township = chief_of(&h, SITE_TOWNSHIP, true);
	r = report(&township, SITE_TOWNSHIP, "");
	CHECK(number(json_object_get(r, "total"), "arrived") == 1, "%s", township.last->body);
	check_nothing(&township, SITE_COUNTY);
	/* A grant for the township alone: nothing of its branches. */
	alone = chief_of(&h, SITE_TOWNSHIP, false);
	r = report(&alone, SITE_TOWNSHIP, "");
	CHECK(json_is_true(json_object_get(r, "alone")) && number(json_object_get(r, "total"), "arrived") == 0 && !strstr(alone.last->body, "安娜"), "%s", alone.last->body);
	check_nothing(&alone, SITE);
	/* A site's PC: its own sums, nobody by name. */
	pc = (struct office){ .server = h.admin.server, .cookie = account_cookie(h.admin.server, "branch001") };
	r = report(&pc, SITE, "");
	CHECK(number(json_object_get(r, "total"), "arrived") == 1, "%s", pc.last->body);
	CHECK(!strcmp(office_code(&pc, "GET", path_of("reports", SITE, "&level=persons"), NULL), "forbidden"), "%s", pc.last->body);
	CHECK(!strcmp(office_code(&pc, "GET", path_of("exports", SITE, ""), NULL), "forbidden"), "%s", pc.last->body);
	check_nothing(&pc, SITE_TOWNSHIP);
	member = office_enter(&h.admin, h.bob);
	CHECK(!strcmp(office_code(&member, "GET", path_of("reports", SITE, ""), NULL), "forbidden"), "%s", member.last->body);
}

/* Policy keeps persons from those above: their figures stay in the sums. */
static void persons_closed(void)
{
	struct office own;
	json_t *r;
	struct hall h;

	REQUIRE(teach(&h));
	own = chief_of(&h, SITE, false);
	office_ask(&h.admin, "POST", office_path("orgs", SITE, "/policy"), json_pack("{s:s, s:s, s:s}", "key", "person_level_upward", "value", "off", "why", "test"));
	r = report(&h.admin, SITE, "&level=persons&limit=500");
	check_sums(r);
	CHECK(json_array_size(json_object_get(r, "items")) == 0 && number(json_object_get(r, "others"), "arrived") == 1 && !strstr(h.admin.last->body, "安娜"), "%s", h.admin.last->body);
	office_ask(&h.admin, "GET", path_of("exports", SITE, "&level=persons"), NULL);
	CHECK(h.admin.last->status == 200 && !strstr(h.admin.last->body, "安娜") && !strstr(h.admin.last->body, "鲍勃"), "%s", h.admin.last->body);
	r = report(&h.admin, SITE_TOWNSHIP, "&level=persons&limit=500");
	check_sums(r);
	CHECK(!row_of(r, "person", h.ann) && number(json_object_get(r, "others"), "arrived") == 1, "%s", h.admin.last->body);
	r = report(&own, SITE, "&level=persons&limit=500");
	CHECK(row_of(r, "person", h.ann) && !json_object_get(r, "others"), "its own leader: %s", own.last->body);
}

/* The branch moves to another county: what was stays where it was, without its name for who lost it. */
static void the_tree_of_then(void)
{
	struct office county, new_county;
	json_t *r;
	struct hall h;

	REQUIRE(teach(&h));
	county = chief_of(&h, SITE_COUNTY, true);
	new_county = chief_of(&h, COUNTY, true);
	office_ask(&h.admin, "POST", office_path("orgs", SITE, "/move"), json_pack("{s:i}", "parent", TOWNSHIP));
	CHECK(h.admin.last->status == 200, "%s", h.admin.last->body);
	r = report(&county, SITE_COUNTY, "&level=orgs&limit=500");
	check_sums(r);
	CHECK(number(json_object_get(r, "total"), "arrived") == 1 && !row_of(r, "org", SITE) && number(json_object_get(r, "others"), "arrived") == 1, "%s", county.last->body);
	check_nothing(&county, SITE);
	r = report(&new_county, COUNTY, "");
	CHECK(number(json_object_get(r, "total"), "arrived") == 0, "%s", new_county.last->body);
	r = report(&new_county, SITE, "&level=persons&limit=500");
	CHECK(row_of(r, "person", h.ann), "whose branch it is now: %s", new_county.last->body);
	CHECK(oracle_agrees_period(h.admin.server, "2", first, last));
}

/* ---- what is refused ---- */

static void refused(void)
{
	struct office admin;

	set_period();
	REQUIRE(office_open(&admin));
	CHECK(!strcmp(office_code(&admin, "GET", path_of("reports", CITY, "&sort=rate"), NULL), "policy.ranking"));
	office_ask(&admin, "POST", office_path("orgs", CITY, "/policy"), json_pack("{s:s, s:s, s:s}", "key", "ranking", "value", "on", "why", "test"));
	office_ask(&admin, "GET", path_of("reports", CITY, "&sort=rate"), NULL);
	CHECK(admin.last->status == 200, "%s", admin.last->body);
	CHECK(!strcmp(office_code(&admin, "GET", path_of("reports", CITY, "&level=x"), NULL), "bad_message"));
	CHECK(!strcmp(office_code(&admin, "GET", path_of("reports", CITY, "&known=99999999"), NULL), "bad_message"));
	CHECK(!strcmp(office_code(&admin, "GET", path_of("reports", CITY, "&cursor=x"), NULL), "bad_message"));
	CHECK(!strcmp(office_code(&admin, "GET", path_of("exports", CITY, "&format=pdf"), NULL), "bad_message"));
	CHECK(!strcmp(office_code(&admin, "GET", "reports/attendance?org=1&from=2026-13-01&to=2026-12-31", NULL), "bad_message"));
	CHECK(!strcmp(office_code(&admin, "GET", "reports/attendance?org=1&from=2026-12-31&to=2026-01-01", NULL), "bad_message"));
	CHECK(!strcmp(office_code(&admin, "GET", "reports/attendance?org=1&from=2024-01-01&to=2027-01-01", NULL), "bad_message"));
	office_ask(&admin, "GET", "reports/attendance?org=1&from=2024-01-01&to=2026-12-31", NULL);
	CHECK(admin.last->status == 200, "three years: %s", admin.last->body);
	office_ask(&admin, "GET", "reports/attendance?org=1", NULL);
	CHECK(admin.last->status == 200 && strstr(admin.last->body, "\"items\":[]"), "%s", admin.last->body);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a class is drilled down from the city to its persons, and every line adds up", drilled_down },
		{ "pages give every row once, and the command reports earlier states", paged_and_repeated },
		{ "files hold what the page shows, and are in the audit log", as_files },
		{ "who may not see an organisation learns nothing of its figures by any way", not_beyond_sight },
		{ "policy closes persons to those above, and not their sums", persons_closed },
		{ "figures stay on the tree of then, and names with who may see them today", the_tree_of_then },
		{ "what makes no sense is refused, rankings unless policy allows them", refused },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
