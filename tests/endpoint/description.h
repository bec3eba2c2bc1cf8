/* SDP of the test endpoint: one struct for what is read and what is written. Small on purpose: one transport, bundled. */
#ifndef ENDPOINT_DESCRIPTION_H
#define ENDPOINT_DESCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"

#define DESCRIPTION_MEDIA 48
#define DESCRIPTION_RIDS 3

enum direction { INACTIVE, SENDONLY, RECVONLY, SENDRECV };

/* Payload types of a codec, 0 absent. Of several H.264 forms the one with packetization-mode=1. */
struct payload_types {
	uint8_t opus, red, vp8, vp8_rtx, h264, h264_rtx, vp9, vp9_rtx, av1;
};

struct media {
	bool audio;
	bool rejected;                  /* port 0 */
	char mid[17];
	enum direction direction;
	struct payload_types pt;
	struct extensions ids;
	bool nack, pli, twcc;           /* rtcp-fb of any of its codecs */
	uint32_t ssrc, rtx_ssrc;        /* 0 not said */
	unsigned n_rids;                /* simulcast, in order: read from a=simulcast, written with a=rid */
	char rids[DESCRIPTION_RIDS][17];
	char cname[64];
	char msid[128];
};

struct description {
	bool lite, bundled, rtcp_mux;   /* rtcp_mux: of all m-lines that are not rejected */
	char ufrag[257], pwd[257];
	char fingerprint[110];          /* "sha-256 AB:…" */
	char setup[12];
	unsigned n_candidates;
	char candidates[8][160];        /* "candidate:…" */
	unsigned n_media;
	struct media media[DESCRIPTION_MEDIA];
};

/** Errors: -EBADMSG with nothing to be made of it: no m-line, too many, no ICE credentials. */
int description_read(struct description *ret, const char *sdp);

/** Text with CRLF, g_free(). */
char *description_write(const struct description *d);

/** The m-line with this mid, NULL if none. */
const struct media *description_media(const struct description *d, const char *mid);

#endif
