/* See openapi.h. */
#include "signaling/openapi.h"

#include "signaling/routes.h"
#include "signaling/server.h"

extern const unsigned char openapi_json[]; /* protocol/embed.py */
extern const size_t openapi_json_len;

struct text *openapi_write(void)
{
	return text_new((const char *)openapi_json, openapi_json_len);
}

void openapi_handle(struct request *q)
{
	http_reply(q, 200, "application/json", text_ref(q->server->openapi));
}
