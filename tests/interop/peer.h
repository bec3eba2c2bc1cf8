/* GStreamer's webrtcbin as a WHIP publisher and a WHEP player: an outsider's peer, which knows AES_CM_128_HMAC_SHA1_80 only. */
#ifndef INTEROP_PEER_H
#define INTEROP_PEER_H

#include <glib.h>

struct peer;

/* What a player has decoded so far. */
struct decoded {
	int frames;             /* pictures */
	int moving;             /* of them, how many differed from the one before */
	int width;
	double loudness;        /* amplitude of the asked tone in the last tenth of a second, 0 to 1 */
};

/**
 * Publishes a moving picture of 640x360 and a tone.
 *
 * codec: "VP8" or "H264". status: of the POST, 0 without a reply.
 * Owns:   the caller's, peer_free() (which sends DELETE); never NULL.
 */
struct peer *peer_publish(const char *url, const char *token, const char *codec, double tone_hz);

/** Plays; the tone is what it listens for. */
struct peer *peer_play(const char *url, const char *token, const char *codec, double tone_hz);

long peer_status(const struct peer *p);
struct decoded peer_decoded(struct peer *p);

/** DELETE of its resource; the status. */
long peer_delete(struct peer *p);

void peer_free(void *peer);

#endif
