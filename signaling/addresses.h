/* Which addresses clients are told to send media to. */
#ifndef HUITANG_SIGNALING_ADDRESSES_H
#define HUITANG_SIGNALING_ADDRESSES_H

#include <netinet/in.h>
#include <stddef.h>

#include "signaling/config.h"

/** --announce, else the media address, else (every interface) the machine's own; loopback last. Returns the number, at least 1. */
size_t addresses_choose(const struct config *c, struct sockaddr_storage *ret, size_t max);

#endif
