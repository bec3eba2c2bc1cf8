/* A class as a file for calendars, for whoever may see it. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "signaling/api_class.h"
#include "signaling/api_handlers.h"
#include "signaling/class_calendar.h"
#include "signaling/own_address.h"
#include "signaling/server.h"

#define UID_BYTES 64
#define HOSTS_BYTES 1024

/* Another server's class of that number has another one. */
static void write_uid(const struct server *s, int64_t number, char ret[UID_BYTES])
{
	uint8_t digest[crypto_generichash_BYTES_MIN];
	char hex[2 * sizeof(digest) + 1];

	crypto_generichash(digest, sizeof(digest), (const uint8_t *)"calendar", 8, s->token_key, sizeof(s->token_key));
	snprintf(ret, UID_BYTES, "class-%lld@%s.huitang", (long long)number, sodium_bin2hex(hex, sizeof(hex), digest, 8));
}

static void write_hosts(const struct api_call *c, const struct class_plan *p, char ret[HOSTS_BYTES])
{
	const json_t *host;
	size_t i, len = 0;

	*ret = 0;
	json_array_foreach(p->hosts, i, host) {
		const struct account *a = directory_account(c->directory, json_integer_value(host));

		if (a && a->person && len + strlen(a->name) + 4 < HOSTS_BYTES)
			len += (size_t)snprintf(ret + len, HOSTS_BYTES - len, "%s%s", len ? "、" : "", a->name);
	}
}

static void reply(struct api_call *c, int64_t number, struct text *file)
{
	char disposition[64];

	snprintf(disposition, sizeof(disposition), "attachment; filename=\"class-%lld.ics\"", (long long)number);
	http_add_header(c->request, "content-disposition:", disposition);
	http_add_header(c->request, "cache-control:", "no-cache");
	http_reply(c->request, 200, "text/calendar; charset=utf-8; method=PUBLISH", file);
}

static void show(struct api_call *c, struct sitting *t, const json_t *rows)
{
	char uid[UID_BYTES], hosts[HOSTS_BYTES], base[OWN_ADDRESS_BYTES], url[OWN_ADDRESS_BYTES + 32] = "";
	const struct org *o;
	struct text *file;

	(void)rows;
	o = directory_org(c->directory, class_plan(t->class)->org);
	write_uid(c->server, t->number, uid);
	write_hosts(c, class_plan(t->class), hosts);
	if (own_address(c->request, base))
		snprintf(url, sizeof(url), "%s/class/%lld", base, (long long)t->number);
	file = class_calendar_write(&(struct class_calendar){ .class = t->class, .uid = uid, .org = o ? o->name : "", .url = url, .hosts = hosts });
	if (file)
		reply(c, t->number, file);
	else
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
}

static void found(struct api_call *c, const json_t *rows)
{
	api_class_stored(c, rows, rows, show);
}

void api_class_calendar(struct api_call *c)
{
	api_class_shown(c, show, found);
}
