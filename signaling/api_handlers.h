/* The handlers of routes.c, one resource a file; and how the resources are written as JSON (openapi.json). */
#ifndef HUITANG_SIGNALING_API_HANDLERS_H
#define HUITANG_SIGNALING_API_HANDLERS_H

#include "signaling/api.h"

/* orgs.c */
void api_orgs_list(struct api_call *c);
void api_org_read(struct api_call *c);
void api_org_create(struct api_call *c);
void api_org_created(struct api_call *c);
void api_org_rename(struct api_call *c);
void api_org_move(struct api_call *c);
void api_org_merge(struct api_call *c);
void api_org_close(struct api_call *c);
void api_org_done(struct api_call *c);

/** An organisation that the caller sees. NULL: no memory. */
json_t *api_org_json(const struct api_call *c, const struct org *o);

/** The names from the topmost organisation that the caller sees down to this one, joined by " / ". */
json_t *api_org_path(const struct api_call *c, const struct org *o);

/* sessions.c */
void api_own_sessions(struct api_call *c);
void api_own_session_end(struct api_call *c);
void api_own_device_pair(struct api_call *c);
void api_person_sessions(struct api_call *c);
void api_person_session_end(struct api_call *c);
void api_link_make(struct api_call *c);
void api_devices(struct api_call *c);
void api_device_pair(struct api_call *c);
void api_device_end(struct api_call *c);
void api_session_ended(struct api_call *c);
void api_link_made(struct api_call *c);

#endif
