/* class.code: what a site's screen shows as a QR code, by which phones show that they are there. */
#include "signaling/commands.h"

#include "classroom/site_code.h"

int class_code_handle(struct call *c)
{
	const struct seat *seat = room_seat(c->meeting->room, c->client->seat);
	uint8_t key[SITE_CODE_KEY_BYTES];
	char code[SITE_CODE_BYTES];
	struct sitting *t;
	int r = call_class(c, &t);

	if (r < 0)
		return r;
	if (!seat->site || !class_site(t->class, seat->site))
		return call_class_fault(c, CLASS_FAULT_SITE);
	site_code_key(key, c->server->token_key);
	site_code_write(code, key, t->number, seat->site, c->now.wall_us);
	json_object_set_new(c->reply, "class", json_integer(t->number));
	json_object_set_new(c->reply, "site", json_integer(seat->site));
	json_object_set_new(c->reply, "code", json_string(code));
	json_object_set_new(c->reply, "valid_ms", json_integer((site_code_until_us(c->now.wall_us) - c->now.wall_us) / 1000));
	return 0;
}
