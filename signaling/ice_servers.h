/* The TURN and STUN servers of our settings as clients are told of them, with credentials that last a while (turn.h). */
#ifndef HUITANG_SIGNALING_ICE_SERVERS_H
#define HUITANG_SIGNALING_ICE_SERVERS_H

#include <jansson.h>

#include "signaling/turn.h"

struct server;

/** A credential of `who` (at most 40 characters) for turn: servers, good from now on. */
void ice_servers_credential(const struct server *s, const char *who, struct turn_credential *ret);

/** Adds the servers with fresh credentials to a reply (schema.json, ice_servers); nothing without any. */
void ice_servers_add(const struct server *s, const char *who, json_t *reply);

#endif
