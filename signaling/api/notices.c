/* Notices to organisations as each may read them, and how far that one has read. */
#include "signaling/notices.h"

#include "signaling/api_handlers.h"
#include "signaling/server.h"
#include "signaling/tickets.h"

/* Whose notices are asked for: of the organisations that the caller acts for, or of the one of ?org=. False: it is not there, and said so. */
static bool choose(struct api_call *c, struct notice_reader *ret)
{
	int64_t org = api_query_int(c, "org", 0), grant;

	notice_reader_init(ret, c->server, &c->who, c->now_us);
	if (!org || notice_reader_has(ret, org))
		return true;
	if (may(c->directory, &c->who, ACT_NOTICE_VIEW, target_org(org), c->now_us, &grant) == 0)
		return true;
	api_not_there(c);
	return false;
}

static bool wanted(const struct api_call *c, const struct notice_reader *r, const struct org_notice *n)
{
	int64_t org = api_query_int(c, "org", 0);

	if (api_query_int(c, "unread", 0) && n->id <= notices_upto(c->server, c->who.account))
		return false;
	return org ? n->org == org : notice_reader_has(r, n->org);
}

void api_notices_list(struct api_call *c)
{
	const struct org_notice *n = NULL;
	struct notice_reader r;
	struct api_page page;
	json_t *all;

	if (!choose(c, &r))
		return;
	api_page_begin(&page, c);
	page.started = true;
	while (!page.full && (n = notice_before(c->server, n)))
		if ((!page.after || n->id < page.after) && wanted(c, &r, n) && api_page_wants(&page, n->id))
			api_page_add(&page, n->id, notice_json(c->server, &c->who, n));
	all = api_page_end(&page);
	json_object_set_new(all, "unread", json_integer((json_int_t)notices_unread(c->server, &r)));
	json_object_set_new(all, "upto", json_integer(notices_upto(c->server, c->who.account)));
	api_reply(c, 200, all);
}

/* ---- reading ---- */

struct reading {                /* of a ticket */
	uint64_t request;
	int64_t account, upto;
};

static void on_written(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct reading *r = data;
	struct request *q = server_find_request(s, r->request);
	struct notice_reader reader;
	struct api_call c;

	(void)sequence;
	if (!error)
		notices_on_read(s, r->account, r->upto);
	if (!q || !api_admit(&c, q))
		return;
	if (error) {
		api_refuse(&c, "not_recorded", "The server cannot write its records just now.", NULL);
		return;
	}
	notice_reader_init(&reader, s, &c.who, c.now_us);
	api_reply(&c, 200, json_pack("{s:I}", "unread", (json_int_t)notices_unread(s, &reader)));
}

static void post(struct api_call *c, int64_t upto)
{
	struct reading r = { .request = c->request->serial, .account = c->who.account, .upto = upto };
	uint64_t ticket = tickets_add(c->server->tickets, on_written, &r, sizeof(r));

	if (ticket && org_notices_read(c->server->store, r.account, upto, ticket) == 0)
		return;
	tickets_cancel(c->server->tickets, ticket);
	api_refuse(c, "overloaded", "Too much waits to be written; try again in a moment.", NULL);
}

/* {upto}. It is no act: it changes nothing but what the own page shows. */
void api_notices_read(struct api_call *c)
{
	const struct org_notice *newest = notice_before(c->server, NULL);
	int64_t upto = 0;
	const struct api_field fields[] = { { "upto", FIELD_ID, true, 0, &upto } };
	json_t *body = json_loadb(c->request->body_len ? c->request->body : "", c->request->body_len, JSON_REJECT_DUPLICATES, NULL);

	c->body = body;
	if (!json_is_object(body))
		api_refuse(c, "bad_message", "The body is not a JSON object.", NULL);
	else if (api_fields(c, fields, ARRAY_LEN(fields)))
		post(c, MIN(upto, newest ? newest->id : 0));
	json_decref(body);
}
