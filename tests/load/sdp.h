/* Offers and answers of the tool's endpoints, on top of tests/endpoint/description.h. */
#ifndef LOAD_SDP_H
#define LOAD_SDP_H

#include "tests/load/incoming.h"
#include "tests/load/outgoing.h"

/** An offer that sends what `o` has; g_free(). */
char *sdp_offer_sending(const struct peer *p, const struct outgoing *o);

/** An offer that receives one voice and one picture; g_free(). */
char *sdp_offer_receiving(const struct peer *p, enum payload_codec codec, bool red);

/**
 * The answer to an offer: what `o` sends on the m-lines named `voice` and `camera` (o NULL: nothing), all that is sent to us taken; g_free().
 * Settles `o` too.
 */
char *sdp_answer(const struct peer *p, const struct description *offer, struct outgoing *o, const char *voice, const char *camera,
                 enum payload_codec codec, bool red);

/** Settles `o` by the answer to sdp_offer_sending(). Errors: -ENOTSUP nothing was taken. */
int sdp_take_answer(struct outgoing *o, const struct description *answer);

/** What may come by this description of the other side: streams, payload types, feedback. Errors: -ENOMEM. */
int sdp_expect(struct incoming *in, struct incoming_cfg *cfg, const struct description *d);

/** Where to send to: its first candidate of UDP and IPv4, on loopback when there is one. Errors: -ENOENT. */
int sdp_remote(struct peer_remote *ret, const struct description *d);

#endif
