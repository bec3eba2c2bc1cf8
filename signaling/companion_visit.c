/*
 * What a phone without a sign-in sends before its page opens:
 *
 *   POST /api/v1/companion/visit {class, site, code}     the code that was scanned ─► {claim, title, site_name}
 *   POST /api/v1/companion {claim, name, card?}          who it is                 ─► {claim}
 *
 * Nobody learns by it who is on a roster or which numbers exist: a name that is not there, two of one name, and a number that is not theirs have one
 * answer. It never runs a password hash.
 */
#include <stdio.h>
#include <string.h>

#include "attendance/name_text.h"
#include "classroom/site_code.h"
#include "media/base/clock.h"
#include "signaling/card_numbers.h"
#include "signaling/companion.h"
#include "signaling/limiter.h"
#include "signaling/routes.h"
#include "signaling/server.h"
#include "signaling/sitting_person.h"

#define NAME_MAX_POINTS 80

static void refuse_busy(struct request *q, int64_t wait_us)
{
	http_problem(q, 429, "rate_limited", "Too many wrong attempts.", (unsigned)(wait_us / 1000) + 1);
}

static int64_t wait_us(const struct request *q)
{
	char network[GUESS_WHO_BYTES];

	guess_network(network, q->peer);
	return limiter_wait(q->server->companion_limit, network, clock_boot_us());
}

static void refuse_fault(struct request *q, enum class_fault fault)
{
	char network[GUESS_WHO_BYTES];
	int64_t wait;

	guess_network(network, q->peer);
	wait = limiter_spend(q->server->companion_limit, network, clock_boot_us());
	if (wait > 0)
		refuse_busy(q, wait);
	else
		http_problem(q, 409, class_fault_code(fault), class_fault_text(fault), 0);
}

static void reply(struct request *q, const struct companion_claim *claim, json_t *more)
{
	char text[COMPANION_CLAIM_BYTES];

	companion_claim_write(text, claim, q->server->token_key);
	json_object_set_new(more, "claim", json_string(text));
	http_reply_json(q, 200, more);
}

static bool is_good_code(struct request *q, int64_t class, int64_t site, const char *code)
{
	uint8_t key[SITE_CODE_KEY_BYTES];
	enum site_code_verdict v;

	site_code_key(key, q->server->token_key);
	v = site_code_check(code, key, class, site, clock_wall_us());
	return v == SITE_CODE_FRESH || v == SITE_CODE_PREVIOUS;
}

/* A code that a screen shows now nobody guesses: it is taken however many wrong ones came from its network. */
static void visit(struct request *q, const json_t *body)
{
	struct companion_claim claim = {
		.class = json_integer_value(json_object_get(body, "class")), .site = json_integer_value(json_object_get(body, "site")), .seen_us = clock_wall_us(),
	};
	const char *code = json_string_value(json_object_get(body, "code"));
	struct sitting *t = sitting_find(q->server, claim.class);
	const struct org *site = directory_org(q->server->directory, claim.site);

	if (!t || !site || !class_site(t->class, claim.site) || !is_good_code(q, claim.class, claim.site, code)) {
		refuse_fault(q, CLASS_FAULT_CODE);
		return;
	}
	claim.expires_us = claim.seen_us + COMPANION_CLAIM_LIFE_US;
	reply(q, &claim, json_pack("{s:s, s:s}", "title", class_plan(t->class)->title, "site_name", site->name));
}

/* As compared: without spaces and dots, which somebody may leave out. */
static int fold_name(uint32_t ret[NAME_MAX_POINTS], const char *name)
{
	int n = name_text_fold(ret, NAME_MAX_POINTS, name), kept = 0;

	for (int i = 0; i < n; i++)
		if (!name_text_separates(ret[i]))
			ret[kept++] = ret[i];
	return kept;
}

static bool same_name(const char *a, const char *b)
{
	uint32_t x[NAME_MAX_POINTS], y[NAME_MAX_POINTS];
	int n = fold_name(x, a), m = fold_name(y, b);

	return n > 0 && n == m && memcmp(x, y, (size_t)n * sizeof(*x)) == 0;
}

/* The one of that name whom the class expects, at the site first; NULL for none, or two. */
static const struct person *find_name(const struct sitting *t, int64_t site, const char *name)
{
	const struct person *found[2] = { NULL, NULL }, *who;
	size_t n[2] = { 0, 0 };

	for (const struct class_person *p = NULL; (p = class_next_person(t->class, p));) {
		bool elsewhere = p->home != site;

		who = class_expects(t->class, p) ? sitting_identity(t, p) : NULL;
		if (!who || who->erased || !same_name(who->identity.name, name))
			continue;
		found[elsewhere] = who;
		n[elsewhere]++;
	}
	if (n[0] > 0)
		return n[0] == 1 ? found[0] : NULL;
	return n[1] == 1 ? found[1] : NULL;
}

static const struct person *find_card(struct server *s, const char *number, const char *name)
{
	const struct person *p = NULL;
	struct card card;

	if (card_parse(&card, number) == CARD_RIGHT)
		p = card_numbers_person(s, &card);
	card_wipe(&card);
	return p && same_name(p->identity.name, name) ? p : NULL;
}

/* Names can be guessed, one's own too: who tries many makes all of his network wait. */
static void name(struct request *q, const json_t *body)
{
	const char *text = json_string_value(json_object_get(body, "claim")), *who = json_string_value(json_object_get(body, "name"));
	const char *card = json_string_value(json_object_get(body, "card"));
	struct companion_claim claim;
	const struct person *p;
	struct sitting *t;

	if (companion_claim_read(&claim, text ? text : "", q->server->token_key, clock_wall_us()) < 0 || !companion_claim_visits(&claim, clock_wall_us())) {
		refuse_fault(q, CLASS_FAULT_CODE);
		return;
	}
	if (wait_us(q) > 0) {
		refuse_busy(q, wait_us(q));
		return;
	}
	t = sitting_find(q->server, claim.class);
	p = !t || !who ? NULL : card && *card ? find_card(q->server, card, who) : find_name(t, claim.site, who);
	if (!p || p->erased) {
		refuse_fault(q, CLASS_FAULT_PERSON);
		return;
	}
	snprintf(claim.person, sizeof(claim.person), "%s", p->pseudonym);
	reply(q, &claim, json_object());
}

static void take(struct request *q, void (*handle)(struct request *q, const json_t *body))
{
	json_t *body = json_loadb(q->body ? q->body : "", q->body_len, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(body))
		http_problem(q, 400, "bad_message", "The body is not a JSON object.", 0);
	else
		handle(q, body);
	json_decref(body);
}

void companion_visit_handle(struct request *q)
{
	take(q, visit);
}

void companion_name_handle(struct request *q)
{
	take(q, name);
}
