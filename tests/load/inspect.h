/* Opens a received packet and compares it with what its mark stands for. */
#ifndef LOAD_INSPECT_H
#define LOAD_INSPECT_H

#include <stddef.h>
#include <stdint.h>

#include "tests/load/incoming.h"

void inspect(struct incoming *in, struct stream *s, uint8_t *data, size_t len, int64_t now_us);

/** Takes a number out of a stream's holes; false when it is none. */
bool incoming_fill_hole(struct stream *s, uint32_t number);

#endif
