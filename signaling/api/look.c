/* What runs below, from outside of it: a first picture. Live it is looker.h's. */
#include "signaling/look_page.h"
#include "signaling/looker.h"

#include <stdio.h>

#include "signaling/api_handlers.h"
#include "signaling/server.h"
#include "signaling/sitting.h"

void api_look(struct api_call *c)
{
	struct look_sight v;

	look_sight_init(&v, c->server, c->who.account);
	if (v.any)
		api_reply(c, 200, look_rooms_now(c->server, &v));
	else
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
	look_sight_done(&v);
}

/* The class by its sites in sight; a further page by ?cursor=. */
static json_t *describe(struct api_call *c, const struct look_board *b, const struct look_sight *v, const struct look_sum *sum)
{
	struct look_marks orgs = { 0 }, sites = { 0 }, seats = { 0 };
	struct look_page page = {
		.board = b, .sight = v, .orgs = json_array(), .sites = json_array(), .seats = json_array(), .orgs_shown = &orgs, .sites_shown = &sites, .seats_shown = &seats,
	};
	int64_t cursor = api_query_int(c, "cursor", 0), next = 0;
	size_t limit = (size_t)CLAMP(api_query_int(c, "limit", 100), 1, API_PAGE_MAX);
	char text[24];
	json_t *all;

	look_page_sites(&page, cursor, limit, &next);
	look_page_seats(&page, LOOK_SEATS_A_PAGE);
	all = json_pack("{s:o, s:o, s:o, s:o, s:o*}", "room", look_room_json(b, v, sum), "orgs", page.orgs, "items", page.sites, "seats", page.seats, "check", look_check_json(b, v));
	if (next) {
		snprintf(text, sizeof(text), "%lld", (long long)next);
		json_object_set_new(all, "next", json_string(text));
	}
	look_marks_clear(&orgs);
	look_marks_clear(&sites);
	look_marks_clear(&seats);
	return all;
}

void api_look_class(struct api_call *c)
{
	struct sitting *t = sitting_find(c->server, c->ids[0]);
	struct look_board *b = t ? look_board_refresh(c->server, class_room(t->class)) : NULL;
	struct look_sight v;
	struct look_sum sum = { 0 };

	look_sight_init(&v, c->server, c->who.account);
	if (b)
		look_sum(b, &v, &sum);
	if (sum.in_sight)
		api_reply(c, 200, describe(c, b, &v, &sum));
	else
		api_not_there(c);
	look_sight_done(&v);
}
