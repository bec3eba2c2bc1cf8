/* Appeals against what a class gave: written by whom it concerns, decided once by who may and by nobody in the own matter, and in the ledger as they were decided. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/oracle.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define TAUGHT_US (6 * G_USEC_PER_SEC)  /* two thousandths of a study hour */
#define KILLS 5

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static json_t *card_of(struct office *o, json_int_t person)
{
	return office_ask(o, "GET", office_path("people", person, "/credit"), NULL);
}

/* Of all accounts of the person. */
static json_int_t hours_of(struct office *o, json_int_t person)
{
	json_t *sum;
	json_int_t milli = 0;
	size_t i;

	json_array_foreach(json_object_get(card_of(o, person), "sums"), i, sum)
		milli += number(sum, "milli_hours");
	return milli;
}

static json_t *appeal_body(struct hall *h)
{
	return json_pack("{s:I, s:s}", "class", h->class, "text", "我当天在现场，签到没有成功。");
}

static json_int_t write_appeal(struct hall *h, struct office *o, json_int_t person)
{
	json_t *j = office_ask(o, "POST", office_path("people", person, "/appeals"), appeal_body(h));

	CHECK(o->last->status == 201, "%ld %s", o->last->status, o->last->body);
	return number(j, "id");
}

static json_t *grant(json_int_t milli)
{
	return json_pack("{s:b, s:s, s:I}", "granted", 1, "text", "会场照片证明到场", "milli_hours", milli);
}

static json_t *refuse(void)
{
	return json_pack("{s:b, s:s}", "granted", 0, "text", "签到记录完整，没有到场证明");
}

static json_t *decide(struct office *o, json_int_t appeal, json_t *body)
{
	return office_ask(o, "POST", office_path("appeals", appeal, "/decide"), body);
}

static size_t waiting(struct office *o)
{
	return json_array_size(json_object_get(office_ask(o, "GET", "appeals", NULL), "items"));
}

static void verifies(struct hall *h)
{
	struct outcome *o = server_command((const char *const[]){ "verify", "--data", h->admin.server->data, NULL });

	CHECK(o->status == 0, "%s%s", o->out, o->err);
	outcome_free(o);
}

/* Taught, and its result is there. `more` members of SITE are on the roster. */
static bool held(struct hall *h, json_int_t *more, size_t n)
{
	static const char *const names[] = { "赵一", "钱二", "孙三", "李四", "周五", "吴六" };
	gint64 until;

	if (!hall_open(h))
		return false;
	for (size_t i = 0; i < n; i++)
		more[i] = office_person(&h->admin, names[i], SITE);
	CHECK(!strcmp(seat_do(h->host, "class.open", "{}"), ""));
	until = g_get_monotonic_time() + TAUGHT_US;
	while (g_get_monotonic_time() < until)  /* the span that is taught */
		seat_stay(h->host, 100);
	CHECK(!strcmp(seat_do(h->host, "class.close", "{}"), ""));
	for (int i = 0; i < 600 && json_array_size(json_object_get(card_of(&h->admin, h->bob), "results")) == 0; i++)
		g_usleep(50000);
	return CHECK(json_array_size(json_object_get(card_of(&h->admin, h->bob), "results")) == 1, "%s", h->admin.last->body);
}

static struct office enter_with(struct hall *h, json_int_t who, json_int_t org, const char *role, bool subtree)
{
	office_ask(&h->admin, "POST", "grants", office_grant(who, org, role, subtree));
	CHECK(h->admin.last->status == 201, "%s", h->admin.last->body);
	return office_enter(&h->admin, who);
}

static void refused_and_granted(void)
{
	struct hall h;
	struct office bob;
	json_int_t first, second, third;
	json_t *j;

	REQUIRE(held(&h, NULL, 0));
	bob = office_enter(&h.admin, h.bob);
	CHECK(json_is_true(json_object_get(card_of(&bob, h.bob), "may_appeal")));
	CHECK(!strcmp(office_code(&bob, "POST", office_path("people", h.bob, "/appeals"), json_pack("{s:I, s:s}", "class", h.class, "text", " ")), "appeal.text"));
	CHECK(!strcmp(office_code(&bob, "POST", office_path("people", h.bob, "/appeals"), json_pack("{s:I, s:s}", "class", h.class + 1, "text", "x")), "appeal.no_result"));
	first = write_appeal(&h, &bob, h.bob);
	CHECK(!strcmp(office_code(&bob, "POST", office_path("people", h.bob, "/appeals"), appeal_body(&h)), "appeal.waiting"), "%s", bob.last->body);
	CHECK(waiting(&h.admin) == 1 && waiting(&bob) == 0);
	CHECK(!strcmp(office_code(&bob, "POST", office_path("appeals", first, "/decide"), grant(1)), "forbidden"), "%s", bob.last->body);
	j = decide(&h.admin, first, refuse());
	CHECK(h.admin.last->status == 200 && !strcmp(text(j, "state"), "refused"), "%s", h.admin.last->body);
	CHECK(!strcmp(office_code(&h.admin, "POST", office_path("appeals", first, "/decide"), grant(1)), "appeal.decided"), "%s", h.admin.last->body);
	CHECK(hours_of(&bob, h.bob) == 0 && waiting(&h.admin) == 0);
	second = write_appeal(&h, &bob, h.bob);
	j = office_ask(&h.admin, "GET", office_path("appeals", second, ""), NULL);
	CHECK(number(j, "worth") >= 2 && number(j, "stands") == 0 && json_is_true(json_object_get(j, "may_decide")), "%s", h.admin.last->body);
	CHECK(!strcmp(office_code(&h.admin, "POST", office_path("appeals", second, "/decide"), grant(number(j, "worth") + 1)), "appeal.amount"), "%s", h.admin.last->body);
	CHECK(!strcmp(office_code(&h.admin, "POST", office_path("appeals", second, "/decide"), json_pack("{s:b, s:s}", "granted", 1, "text", "x")), "bad_message"));
	j = decide(&h.admin, second, grant(1));
	CHECK(!strcmp(text(j, "state"), "granted") && number(j, "stands") == 1, "%s", h.admin.last->body);
	third = write_appeal(&h, &bob, h.bob);
	decide(&h.admin, third, grant(2));
	j = card_of(&bob, h.bob);
	CHECK(hours_of(&bob, h.bob) == 2 && json_array_size(json_object_get(j, "entries")) == 3, "posted, reversed, posted again: %s", bob.last->body);
	CHECK(!strcmp(office_code(&bob, "POST", office_path("people", h.bob, "/appeals"), appeal_body(&h)), "appeal.often"));
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	CHECK(hours_of(&bob, h.bob) == 2);
	j = json_array_get(json_object_get(card_of(&bob, h.bob), "appeals"), 2);
	CHECK(number(j, "appeal") == first && !strcmp(text(j, "decision"), "签到记录完整，没有到场证明"), "with the reasons: %s", bob.last->body);
	verifies(&h);
	CHECK(oracle_agrees(h.admin.server, h.room));
}

/* Those over the member's branch may write for it, those over the class decide; whoever is elsewhere learns nothing. */
static void by_whom_it_concerns(void)
{
	struct hall h;
	struct office secretary, beside, chief, bob;
	json_int_t more[3], own, appeal;

	REQUIRE(held(&h, more, 2));
	secretary = enter_with(&h, more[0], SITE, "leader", false);
	chief = enter_with(&h, more[1], 1, "leader", true);
	more[2] = office_person(&h.admin, "别处书记", ELSEWHERE);
	beside = enter_with(&h, more[2], ELSEWHERE, "administrator", true);
	bob = office_enter(&h.admin, h.bob);
	CHECK(!strcmp(office_code(&beside, "POST", office_path("people", h.bob, "/appeals"), appeal_body(&h)), "not_found"));
	CHECK(!strcmp(office_code(&bob, "POST", office_path("people", h.ann, "/appeals"), appeal_body(&h)), "not_found"), "a member for another one");
	appeal = write_appeal(&h, &secretary, h.bob);
	CHECK(json_is_true(json_object_get(json_array_get(json_object_get(card_of(&bob, h.bob), "appeals"), 0), "by_other")) ||
	      number(json_array_get(json_object_get(card_of(&bob, h.bob), "appeals"), 0), "by_other") == 1, "%s", bob.last->body);
	CHECK(!strcmp(office_code(&beside, "GET", office_path("appeals", appeal, ""), NULL), "not_found"));
	CHECK(!strcmp(office_code(&beside, "GET", office_path("appeals", 999, ""), NULL), "not_found"), "the same words");
	CHECK(!strcmp(office_code(&beside, "POST", office_path("appeals", appeal, "/decide"), refuse()), "not_found"));
	CHECK(!strcmp(office_code(&beside, "POST", office_path("appeals", 999, "/decide"), refuse()), "not_found"));
	CHECK(!strcmp(office_code(&secretary, "POST", office_path("appeals", appeal, "/decide"), grant(1)), "forbidden"), "%s", secretary.last->body);
	CHECK(waiting(&beside) == 0 && waiting(&secretary) == 0 && waiting(&chief) == 1);
	own = write_appeal(&h, &chief, more[1]);
	CHECK(waiting(&chief) == 1, "the own one waits for somebody else");
	CHECK(!strcmp(office_code(&chief, "POST", office_path("appeals", own, "/decide"), grant(1)), "appeal.own"), "%s", chief.last->body);
	decide(&chief, appeal, grant(1));
	CHECK(chief.last->status == 200 && hours_of(&bob, h.bob) == 1, "%s", chief.last->body);
	decide(&h.admin, own, grant(2));
	CHECK(h.admin.last->status == 200 && hours_of(&chief, more[1]) == 2, "%s", h.admin.last->body);
	appeal = write_appeal(&h, &chief, h.ann);
	CHECK(!strcmp(office_code(&chief, "POST", office_path("appeals", appeal, "/decide"), grant(1)), "appeal.own"), "what one wrote for somebody");
	verifies(&h);
}

/* Who is erased by order: what was written about the person and what was answered is nowhere any more, and the sums still hold. */
static void erased(struct hall *h, json_int_t person)
{
	struct outcome *o;

	office_ask(&h->admin, "POST", office_path("people", person, "/erase"), json_pack("{s:s}", "order", "第 7 号"));
	CHECK(h->admin.last->status == 200 || h->admin.last->status == 204, "%ld %s", h->admin.last->status, h->admin.last->body);
	o = server_command((const char *const[]){ "export", "--data", h->admin.server->data, "--format", "jsonl", NULL });
	CHECK(o->status == 0 && strstr(o->out, "APPEAL_DECIDED") && !strstr(o->out, "签到没有成功") && !strstr(o->out, "照片证明"), "%s", o->err);
	outcome_free(o);
	verifies(h);
}

/* Minutes are sealed and the class is not in memory any more: nothing of it changes but by appeal. */
static void of_a_sealed_class(void)
{
	struct hall h;
	struct office bob;
	json_int_t appeal;
	json_t *j = NULL;

	REQUIRE(held(&h, NULL, 0));
	bob = office_enter(&h.admin, h.bob);
	for (int i = 0; i < 600 && number(j, "version") != 1; i++) {
		g_usleep(50000);
		j = office_ask(&h.admin, "GET", office_path("classes", h.class, "/minutes"), NULL);
	}
	office_ask(&h.admin, "POST", office_path("classes", h.class, "/minutes/seal"), json_pack("{s:i}", "version", 1));
	REQUIRE(h.admin.last->status == 200, "%ld %s", h.admin.last->status, h.admin.last->body);
	appeal = write_appeal(&h, &bob, h.bob);
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	CHECK(waiting(&h.admin) == 1);
	decide(&h.admin, appeal, grant(2));
	CHECK(h.admin.last->status == 200 && hours_of(&bob, h.bob) == 2, "%s", h.admin.last->body);
	verifies(&h);
	CHECK(oracle_agrees(h.admin.server, h.room));
	erased(&h, h.bob);
}

struct deciding {
	struct office admin;
	json_int_t appeal;
};

static void *decide_meanwhile(void *user)
{
	struct deciding *d = user;
	g_autofree char *path = g_strdup_printf("/api/v1/appeals/%lld/decide", (long long)d->appeal), *url = server_url(d->admin.server, path);
	g_autofree char *cookie = g_strconcat("Cookie: ", d->admin.cookie, NULL);
	struct http_ask a = { .method = "POST", .url = url, .body = "{\"granted\":true,\"text\":\"ok\",\"milli_hours\":2}", .type = "application/json", .headers = { cookie } };

	http_reply_free(http_ask(&a));
	return NULL;
}

/* At some moment of a decision: it is there with its posting, or neither is, and can be made then. */
static void killed_while_deciding(void)
{
	struct hall h;
	struct office secretary;
	json_int_t more[KILLS + 1];
	int done = 0;

	REQUIRE(held(&h, more, KILLS + 1));
	secretary = enter_with(&h, more[KILLS], SITE, "leader", false);
	for (int i = 0; i < KILLS; i++) {
		struct deciding d = { .admin = h.admin, .appeal = write_appeal(&h, &secretary, more[i]) };
		GThread *thread;
		bool granted;
		json_t *j;

		thread = g_thread_new("decide", decide_meanwhile, &d);
		g_usleep((gulong)g_random_int_range(0, 4000));
		CHECK(server_end(h.admin.server, SIGKILL) != -1);
		g_thread_join(thread);
		CHECK(server_restart(h.admin.server));
		j = office_ask(&h.admin, "GET", office_path("appeals", d.appeal, ""), NULL);
		granted = !strcmp(text(j, "state"), "granted");
		done += granted;
		CHECK(granted == (hours_of(&h.admin, more[i]) == 2), "a decision without its posting");
		if (!granted)
			CHECK(number(decide(&h.admin, d.appeal, grant(2)), "stands") == 2, "%s", h.admin.last->body);
		verifies(&h);
	}
	stage_note("%d of %d were decided before the kill", done, KILLS);
	CHECK(oracle_agrees(h.admin.server, h.room));
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "an appeal is refused or granted once, and the ledger has what was granted in the place of what stood", refused_and_granted },
		{ "appeals are written and decided by whom they concern, and by nobody in the own matter", by_whom_it_concerns },
		{ "an appeal is written and decided after the class was sealed", of_a_sealed_class },
		{ "a server killed while an appeal is decided has the decision with its posting, or neither", killed_while_deciding },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
