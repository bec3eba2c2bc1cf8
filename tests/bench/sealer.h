/* AEAD_AES_128_GCM of one packet for one viewer, by the method that is compared: libipsec-mb, OpenSSL, or not at all. */
#ifndef BENCH_SEALER_H
#define BENCH_SEALER_H

#include <stddef.h>
#include <stdint.h>

#define SEALER_TAG_BYTES 16

struct sealer;

/** `method` is mb, evp or none; each of `n_viewers` gets a key of its own. Errors: -EINVAL, -ENOTSUP (mb on this machine), -ENOMEM. */
int sealer_create(struct sealer **ret, const char *method, size_t n_viewers);
struct sealer *sealer_destroy(struct sealer *s);

/** `out` begins with the header; body and tag are written behind it. */
void sealer_seal(struct sealer *s, size_t viewer, uint8_t *out, size_t header_len, const uint8_t *body, size_t body_len,
                 uint32_t ssrc, uint64_t index);

#endif
