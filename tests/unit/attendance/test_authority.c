/* The two gates over random trees: what they let through is what the definition says, worked out anew the slow way. */
#include "fixture.h"

#include "attendance/authority.h"
#include "attendance/directory_state.h"

#define ORGS 60
#define PEOPLE 80
#define NOW_US 1000000

struct world {
	struct directory *d;
	int64_t parent[ORGS + 1];
	struct fact facts[4 * PEOPLE + ORGS];
	bool closed[ORGS + 1];          /* has a policy value that shows persons to nobody above */
	size_t n_facts;
};

static int random_below(unsigned *seed, int n)
{
	return rand_r(seed) % n;
}

static void put(struct world *w, struct fact f)
{
	f.id = (int64_t)w->n_facts + 1;
	f.text = f.text ? f.text : "";
	f.note = f.note ? f.note : "";
	assert_int_equal(directory_put_fact(w->d, &f), 0);
	w->facts[w->n_facts] = f;
	w->n_facts++;
}

/* A few organisations have the value; some of it begins later, and what cannot be read counts as the strictest. */
static void make_policies(struct world *w, unsigned *seed)
{
	for (int64_t o = 1; o <= ORGS; o++) {
		int roll = random_below(seed, 30);

		if (roll > 4)
			continue;
		put(w, (struct fact){ .type = FACT_POLICY, .org = o, .text = roll == 3 ? "ranking" : "person_level_upward", .note = roll == 1 ? "on" : roll == 2 ? "what?" : "off",
		                      .valid_from_us = roll == 4 ? 2 * NOW_US : 0 });
		w->closed[o] = roll == 0 || roll == 2;
	}
}

/* People with one to two memberships and at most one grant each; some of both have ended or begin later. */
static void make_world(struct world *w, unsigned seed)
{
	memset(w, 0, sizeof(*w));
	w->d = mem_zalloc(sizeof(*w->d));
	for (int64_t o = 1; o <= ORGS; o++) {
		struct fact parent = { .type = FACT_PARENT, .id = 1000 + o, .org = o, .text = "", .note = "" };

		assert_int_equal(directory_put_org(w->d, o, ""), 0);
		parent.other = w->parent[o] = o < 3 ? 0 : 1 + random_below(&seed, (int)o - 1);
		assert_int_equal(directory_put_fact(w->d, &parent), 0);
	}
	assert_int_equal(directory_number(w->d), 0);
	make_policies(w, &seed);
	for (int64_t p = 1; p <= PEOPLE; p++) {
		char pseudonym[PSEUDONYM_BYTES];

		snprintf(pseudonym, sizeof(pseudonym), "%016d", (int)p);
		assert_int_equal(directory_put_person(w->d, p, pseudonym), 0);
		assert_int_equal(directory_put_account(w->d, &(struct account){ .id = p, .login = pseudonym, .person = p, .password_hash = "" }), 0);
		put(w, (struct fact){ .type = FACT_MEMBERSHIP, .person = p, .org = 1 + random_below(&seed, ORGS), .flag = true });
		if (random_below(&seed, 3) == 0)
			put(w, (struct fact){ .type = FACT_MEMBERSHIP, .person = p, .org = 1 + random_below(&seed, ORGS), .valid_from_us = random_below(&seed, 2) * 2 * NOW_US });
		if (random_below(&seed, 2) == 0)
			put(w, (struct fact){ .type = FACT_GRANT, .person = p, .org = 1 + random_below(&seed, ORGS), .flag = random_below(&seed, 2),
			                      .text = grant_role_name(random_below(&seed, GRANT_ROLES)),
			                      .valid_from_us = random_below(&seed, 4) == 0 ? 2 * NOW_US : 0, .valid_to_us = random_below(&seed, 4) == 0 ? NOW_US / 2 : 0 });
	}
}

static bool above(const struct world *w, int64_t org, int64_t top)
{
	for (; org; org = w->parent[org])
		if (org == top)
			return true;
	return false;
}

/* What a grant for one organisation alone is not enough for. */
static bool reaches_below(enum act_kind act)
{
	return act == ACT_ORG_CREATE || act == ACT_ORG_MOVE || act == ACT_ORG_MERGE || act == ACT_POLICY_SET || act == ACT_WEBHOOK_SET || act == ACT_RULE_SET;
}

static bool slow_closed(const struct world *w, int64_t org)
{
	for (; org; org = w->parent[org])
		if (w->closed[org])
			return true;
	return false;
}

static bool about_persons(enum act_kind act)
{
	return act == ACT_PERSON_VIEW || act == ACT_PERSON_CONTACT || act == ACT_PERSON_UPDATE || act == ACT_PERSON_MERGE || act == ACT_PERSON_ERASE || act == ACT_CLASS_LEAVE;
}

/* `persons`: it is about them, and one from above must not reach them where policy says so. */
static bool slow_grant(const struct world *w, int64_t viewer, enum act_kind act, int64_t org, bool persons)
{
	for (size_t i = 0; i < w->n_facts; i++) {
		const struct fact *f = &w->facts[i];
		enum grant_role role;

		if (f->type == FACT_GRANT && f->person == viewer && f->valid_from_us <= NOW_US && (!f->valid_to_us || f->valid_to_us > NOW_US) &&
		    grant_role_parse(&role, f->text) && grant_role_allows(role, act) && (f->flag ? above(w, org, f->org) : org == f->org && !reaches_below(act)) &&
		    (!persons || org == f->org || !slow_closed(w, org)))
			return true;
	}
	return false;
}

static bool slow_member(const struct world *w, int64_t person, int64_t org)
{
	for (size_t i = 0; i < w->n_facts; i++)
		if (w->facts[i].type == FACT_MEMBERSHIP && w->facts[i].person == person && w->facts[i].org == org && w->facts[i].valid_from_us <= NOW_US)
			return true;
	return false;
}

static bool slow_sees_person(const struct world *w, int64_t viewer, int64_t person)
{
	for (int64_t o = 1; o <= ORGS; o++)
		if (slow_member(w, person, o) && slow_grant(w, viewer, ACT_PERSON_VIEW, o, true))
			return true;
	return viewer == person;
}

static bool slow_reaches(const struct world *w, int64_t viewer, int64_t person)
{
	for (int64_t o = 1; o <= ORGS; o++)
		if (slow_member(w, person, o) && slow_grant(w, viewer, ACT_PERSON_VIEW, o, false))
			return true;
	return viewer == person;
}

static void compare(const struct world *w, int64_t viewer)
{
	struct principal v = principal_of(w->d, viewer);
	struct sight sight;
	int64_t grant;

	assert_int_equal(sight_init(&sight, w->d, &v, NOW_US), 0);
	for (int64_t o = 1; o <= ORGS; o++) {
		bool sees = slow_member(w, viewer, o) || slow_grant(w, viewer, ACT_ORG_VIEW, o, false);

		assert_int_equal(can_see(w->d, &v, target_org(o), NOW_US), sees);
		assert_int_equal(can_see_people_of(w->d, &v, o, NOW_US), slow_grant(w, viewer, ACT_PERSON_VIEW, o, true));
		assert_int_equal(sight_covers(&sight, o), slow_grant(w, viewer, ACT_PERSON_VIEW, o, true));
		for (enum act_kind a = 0; a < ACTS; a++)
			assert_int_equal(may(w->d, &v, a, target_org(o), NOW_US, &grant), !sees ? -ENOENT : slow_grant(w, viewer, a, o, about_persons(a)) ? 0 : -EACCES);
	}
	for (int64_t p = 1; p <= PEOPLE; p++) {
		bool sees = slow_sees_person(w, viewer, p);

		assert_int_equal(can_see(w->d, &v, target_person(p), NOW_US), sees);
		assert_int_equal(sight_has(&sight, directory_person(w->d, p)), sees);
		assert_int_equal(reaches_person(w->d, &v, p, NOW_US), slow_reaches(w, viewer, p));
		for (enum act_kind a = 0; a < ACTS; a++) {
			bool own = viewer == p && (a == ACT_CLASS_LEAVE || a == ACT_APPEAL_WRITE);
			bool allowed = own || slow_grant(w, viewer, a, directory_person(w->d, p)->main_org, true);

			if (a != ACT_PERSON_VIEW)
				assert_int_equal(may(w->d, &v, a, target_person(p), NOW_US, &grant), !sees ? -ENOENT : allowed ? 0 : -EACCES);
		}
	}
	sight_done(&sight);
}

static void what_passes_is_what_the_definition_says(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	int64_t live = mem_live();

	(void)state;
	for (unsigned seed = 1; seed <= 20; seed++) {
		make_world(w, seed);
		for (int64_t viewer = 1; viewer <= PEOPLE; viewer++)
			compare(w, viewer);
		directory_destroy(w->d);
	}
	assert_int_equal(mem_live(), live);
	free(w);
}

static void nobody_and_nothing_pass_nowhere(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct principal nobody;
	int64_t grant = 5;

	(void)state;
	make_world(w, 1);
	nobody = principal_of(w->d, 99999);
	for (int64_t id = -1; id <= ORGS + 1; id++) {
		assert_false(can_see(w->d, &nobody, target_org(id), NOW_US));
		assert_false(can_see(w->d, &nobody, target_person(id), NOW_US));
		assert_int_equal(may(w->d, &nobody, ACT_ORG_VIEW, target_org(id), NOW_US, &grant), -ENOENT);
	}
	assert_int_equal(grant, 5);
	directory_destroy(w->d);
	free(w);
}

/* What a hall's PC may do for its branch without anybody's grant. */
static bool is_a_sites(enum act_kind act)
{
	return act == ACT_CLASS_ANSWER || act == ACT_CLASS_LEAVE || act == ACT_REPORT_VIEW || act == ACT_FINDING_VIEW || act == ACT_FINDING_ANSWER || act == ACT_NOTICE_VIEW;
}

static void a_site_sees_itself_only(void **state)
{
	struct principal site;
	struct directory *d;
	struct fixture f;
	int64_t grant;

	(void)state;
	fixture_init(&f);
	fixture_open(&f, true);
	d = store_directory(f.store);
	site = principal_of(d, directory_login(d, "branch001")->id);
	for (const struct org *o = NULL; (o = directory_next_org(d, o));) {
		assert_int_equal(can_see(d, &site, target_org(o->id), NOW_US), o->id == site.org);
		for (enum act_kind a = 0; a < ACTS; a++)
			assert_int_equal(may(d, &site, a, target_org(o->id), NOW_US, &grant), o->id != site.org ? -ENOENT : is_a_sites(a) ? 0 : -EACCES);
	}
	fixture_done(&f);
}

static void every_act_has_a_name_and_a_row(void **state)
{
	enum grant_role role;

	(void)state;
	for (enum act_kind a = 0; a < ACTS; a++) {
		assert_non_null(strchr(act_kind_name(a), '.') ? act_kind_name(a) : strcmp(act_kind_name(a), "watch") == 0 ? "" : NULL);
		assert_true(grant_role_allows(GRANT_ADMINISTRATOR, a));
		assert_false(grant_role_allows(GRANT_EXPERT, a));
		assert_false(grant_role_allows(GRANT_MEMBER, a));
	}
	assert_false(grant_role_allows(GRANT_ADMINISTRATOR, ACTS));
	assert_false(grant_role_parse(&role, "root"));
	assert_true(grant_role_parse(&role, "inspector"));
	assert_int_equal(role, GRANT_INSPECTOR);
	assert_false(grant_role_allows(GRANT_INSPECTOR, ACT_PERSON_CONTACT));
	assert_false(grant_role_allows(GRANT_LEADER, ACT_GRANT_GIVE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_passes_is_what_the_definition_says),
		cmocka_unit_test(nobody_and_nothing_pass_nowhere),
		cmocka_unit_test(a_site_sees_itself_only),
		cmocka_unit_test(every_act_has_a_name_and_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
