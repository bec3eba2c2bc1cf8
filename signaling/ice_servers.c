/* See ice_servers.h. */
#include "media/base/hash.h"
#include "signaling/ice_servers.h"

#include "media/base/clock.h"
#include "signaling/server.h"

static json_t *ice_server(const struct config_turn *turn, bool needs_credential, const struct turn_credential *credential)
{
	json_t *urls = json_array(), *server;

	for (size_t i = 0; i < turn->n; i++)
		if (turn_needs_credential(turn->urls[i]) == needs_credential)
			json_array_append_new(urls, json_string(turn->urls[i]));
	if (json_array_size(urls) == 0) {
		json_decref(urls);
		return NULL;
	}
	server = json_pack("{s:o}", "urls", urls);
	if (needs_credential) {
		json_object_set_new(server, "username", json_string(credential->username));
		json_object_set_new(server, "credential", json_string(credential->password));
	}
	return server;
}

void ice_servers_credential(const struct server *s, const char *who, struct turn_credential *ret)
{
	turn_write_credential(ret, s->turn_secret, who, clock_wall_us() / 1000000 + s->config->turn_ttl_s);
}

void ice_servers_add(const struct server *s, const char *who, json_t *reply)
{
	const struct config_turn *turn = &s->config->turn;
	struct turn_credential credential = { 0 };
	json_t *list;

	if (turn->n == 0)
		return;
	ice_servers_credential(s, who, &credential);
	list = json_array();
	for (int needs = 1; needs >= 0; needs--) {
		json_t *server = ice_server(turn, needs, &credential);

		if (server)
			json_array_append_new(list, server);
	}
	json_object_set_new(reply, "ice_servers", list);
}
