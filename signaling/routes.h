/* What stands at which address. */
#ifndef HUITANG_SIGNALING_ROUTES_H
#define HUITANG_SIGNALING_ROUTES_H

#include "signaling/http.h"

/** The route of a path; what no other takes is the web client's. NULL: not even that (no leading slash). */
const struct http_route *route_find(const char *path);

/** The methods (enum http_method) that there are at a path; 0 none. */
unsigned route_methods(const char *path);

/* One file each: health.c, metrics.c, openapi.c, sign_in.c, room_list.c, quality_page.c, whip.c, static_file.c. */
void health_handle(struct request *q);
void metrics_handle(struct request *q);
void openapi_handle(struct request *q);
void sign_in_handle(struct request *q);
void password_change_handle(struct request *q);
void link_use_handle(struct request *q);
void companion_visit_handle(struct request *q);
void companion_name_handle(struct request *q);
void expert_page_handle(struct request *q);
void sign_in_ways_handle(struct request *q);
void oidc_begin_handle(struct request *q);
void oidc_callback_handle(struct request *q);
void room_list_handle(struct request *q);
void quality_page_handle(struct request *q);
void whip_handle(struct request *q);
void whep_handle(struct request *q);
void static_file_handle(struct request *q);
void nothing_handle(struct request *q);

#endif
