/* ICE of an endpoint: one pair, checked until it answers, then every five seconds (RFC 8445, RFC 7675). */
#ifndef LOAD_CHECK_H
#define LOAD_CHECK_H

#include <stddef.h>
#include <stdint.h>

struct peer;

void check_init(struct peer *p);
void check_begin(struct peer *p);

/** A STUN message for it: an answer to the check under way, or a check of the other side. */
void check_take(struct peer *p, const uint8_t *data, size_t len, int64_t now_us);

#endif
