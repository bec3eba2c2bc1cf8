/*
 * Sites of a Janus server, by its WebSocket API (subprotocol janus-protocol) and the videoroom plugin: publishers make the room when it
 * is not there, subscribers take the feed of one publisher each.
 */
#ifndef LOAD_JANUS_ENTRANCE_H
#define LOAD_JANUS_ENTRANCE_H

#include "tests/load/site.h"

extern const struct entrance janus_entrance;

#endif
