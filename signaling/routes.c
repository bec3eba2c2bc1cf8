/* The table of addresses; the first that matches answers. */
#include "signaling/routes.h"

#include <string.h>

#include "media/base/macros.h"
#include "media/sdp.h"
#include "signaling/api.h"
#include "signaling/imports.h"

static const struct http_route routes[] = {
	{ "/healthz", HTTP_GET, NULL, 0, false, health_handle, NULL },
	{ "/metrics", HTTP_GET, NULL, 0, false, metrics_handle, NULL },
	{ "/api/v1/openapi.json", HTTP_GET, NULL, 0, true, openapi_handle, NULL },
	{ "/api/v1/session", HTTP_GET | HTTP_POST | HTTP_DELETE, "application/json", 4096, false, sign_in_handle, NULL },
	{ "/api/v1/session/password", HTTP_POST, "application/json", 4096, false, password_change_handle, NULL },
	{ "/api/v1/session/link", HTTP_POST, "application/json", 4096, false, link_use_handle, NULL },
	{ "/api/v1/companion/visit", HTTP_POST, "application/json", 4096, false, companion_visit_handle, NULL },
	{ "/api/v1/expert", HTTP_POST, "application/json", 4096, false, expert_page_handle, NULL },
	{ "/api/v1/companion", HTTP_POST, "application/json", 4096, false, companion_name_handle, NULL },
	{ "/api/v1/session/ways", HTTP_GET, NULL, 0, false, sign_in_ways_handle, NULL },
	{ "/api/v1/session/oidc", HTTP_GET, NULL, 0, false, oidc_begin_handle, NULL },
	{ "/api/v1/session/oidc/callback", HTTP_GET, NULL, 0, false, oidc_callback_handle, NULL },
	{ "/api/v1/rooms", HTTP_GET, NULL, 0, false, room_list_handle, NULL },
	{ "/api/v1/rooms/", HTTP_GET, NULL, 0, false, quality_page_handle, NULL },
	{ "/api/v1/imports", HTTP_GET | HTTP_POST, "", IMPORT_FILE_MAX, false, api_handle, api_import_check },
	{ API_ROOT, HTTP_GET | HTTP_POST | HTTP_PUT | HTTP_PATCH | HTTP_DELETE, "application/json", API_BODY_MAX, false, api_handle, NULL },
	{ "/api/", HTTP_GET | HTTP_POST | HTTP_PUT | HTTP_PATCH | HTTP_DELETE, "", 65536, false, nothing_handle, NULL },
	{ "/ws", HTTP_GET, NULL, 0, false, nothing_handle, NULL },
	{ "/whip/", HTTP_POST | HTTP_DELETE | HTTP_OPTIONS, "application/sdp", SDP_MAX_OFFER_BYTES, true, whip_handle, NULL },
	{ "/whep/", HTTP_POST | HTTP_DELETE | HTTP_OPTIONS, "application/sdp", SDP_MAX_OFFER_BYTES, true, whep_handle, NULL },
	{ "/", HTTP_GET, NULL, 0, false, static_file_handle, NULL },
};

static bool matches(const char *route, const char *path)
{
	size_t len = strlen(route);

	return route[len - 1] == '/' ? strncmp(route, path, len) == 0 : strcmp(route, path) == 0;
}

const struct http_route *route_find(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(routes); i++)
		if (matches(routes[i].path, path))
			return &routes[i];
	return NULL;
}

unsigned route_methods(const char *path)
{
	const struct http_route *r = route_find(path);
	int64_t ids[API_IDS];
	unsigned methods = r ? r->methods : 0;

	if (r && r->handle == api_handle)
		api_route_find(HTTP_GET, path + strlen(API_ROOT), ids, &methods);
	return methods;
}

void nothing_handle(struct request *q)
{
	bool ws = strcmp(q->path, "/ws") == 0;

	if (ws)
		http_add_header(q, "upgrade:", "websocket");
	http_problem(q, ws ? 426 : 404, ws ? "bad_message" : "not_found", ws ? "This address speaks WebSocket only." : "There is nothing at this address.", 0);
}
