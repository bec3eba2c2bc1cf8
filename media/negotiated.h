/*
 * What an offer and its answer settled for one path: plain values, so that they cross threads by copy.
 * sdp.h fills it, media.h takes it.
 */
#ifndef HUITANG_MEDIA_NEGOTIATED_H
#define HUITANG_MEDIA_NEGOTIATED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ICE_UFRAG_BYTES 33      /* ours are 8 characters, a peer's at most 32 */
#define ICE_PWD_BYTES 65        /* ours are 24 characters, a peer's at most 64 */
#define MID_BYTES 17            /* a mid of up to 16 characters and 0 (RFC 8843 gives no bound; browsers use 1 to 4) */
#define CNAME_BYTES 17
#define MAX_SLOTS 32
#define MAX_VOICE_SLOTS 4
#define MAX_LAYERS 3            /* simulcast layers of one source */
#define RID_BYTES 17            /* a rid of up to 16 characters and 0 (RFC 8851; ours are q, h, f) */
#define FINGERPRINT_BYTES 64

/* What a seat can send. The order is that of the client's m-lines in our offer. */
enum source_kind { SOURCE_MIC, SOURCE_CAMERA, SOURCE_SCREEN, SOURCE_SCREEN_AUDIO, SOURCE_KINDS };

enum codec { CODEC_NONE, CODEC_OPUS, CODEC_RED, CODEC_VP8, CODEC_H264, CODEC_VP9, CODEC_AV1, CODECS };

static inline bool source_is_audio(enum source_kind kind)
{
	return kind == SOURCE_MIC || kind == SOURCE_SCREEN_AUDIO;
}

static inline bool codec_is_audio(enum codec codec)
{
	return codec == CODEC_OPUS || codec == CODEC_RED;
}

/* RTP clock of a codec in Hz. */
static inline uint32_t codec_rate(enum codec codec)
{
	return codec_is_audio(codec) ? 48000 : 90000;
}

struct ice_credentials {
	char ufrag[ICE_UFRAG_BYTES];
	char pwd[ICE_PWD_BYTES];
};

/* a=fingerprint, RFC 8122. */
enum fingerprint_hash { FINGERPRINT_NONE, FINGERPRINT_SHA256, FINGERPRINT_SHA384, FINGERPRINT_SHA512 };

struct fingerprint {
	enum fingerprint_hash hash;
	uint8_t len;
	uint8_t digest[FINGERPRINT_BYTES];
};

/* RTP header extension ids, 1 to 14, 0 when not negotiated; equal on all m-lines of a path. */
struct extension_ids {
	uint8_t mid;            /* RFC 8843 */
	uint8_t rid;            /* RFC 8852 */
	uint8_t rrid;
	uint8_t twcc;           /* draft-holmer-rmcat-transport-wide-cc-extensions-01 */
	uint8_t audio_level;    /* RFC 6464 */
};

/* One m-line that the peer sends on. */
struct negotiated_source {
	bool active;            /* accepted, sendonly as the peer sees it */
	char mid[MID_BYTES];
	uint32_t ssrc;          /* from a=ssrc, 0 when not said: then the MID extension or the payload type tells */
	uint32_t rtx_ssrc;      /* from a=ssrc-group:FID, 0 when not said */
	uint8_t n_layers;       /* simulcast (RFC 8853): how many rids the answer kept; 0 and 1: one stream, whatever its rid */
	char rids[MAX_LAYERS][RID_BYTES]; /* lowest quality first */
	uint8_t n_fids;         /* of two layers and more: which SSRC repeats which; `ssrc` and `rtx_ssrc` are then 0 */
	struct { uint32_t ssrc, rtx_ssrc; } fids[MAX_LAYERS];
};

/* One m-line that we send on. */
struct negotiated_slot {
	bool active;            /* accepted, recvonly as the peer sees it */
	char mid[MID_BYTES];
	uint16_t codecs;        /* bits 1 << enum codec that may be sent there */
};

struct negotiated {
	/* What sending a packet asks for stands together. */
	struct extension_ids up;                        /* on packets from the peer */
	struct extension_ids down;                      /* on packets to the peer */
	uint8_t pt_of_codec[CODECS];                    /* for what we send, 0 not negotiated */
	uint8_t rtx_pt_of_codec[CODECS];                /* 0: this peer gets no RTX for it */
	bool nack_up;                                   /* the peer takes NACK for its video */
	bool nack_up_sound;                             /* and for its sound, which it then sends again as it was */
	bool remb_down;                                 /* the peer tells its line's capacity by REMB; only where down.twcc is 0 */
	uint8_t n_slots;
	struct negotiated_slot slots[MAX_SLOTS];

	uint8_t codec_of_pt[128];                       /* enum codec of what the peer sends, CODEC_NONE unknown */
	uint8_t rtx_of_pt[128];                         /* payload type that an incoming RTX type repeats, 0 when it is not RTX */
	struct negotiated_source sources[SOURCE_KINDS];
	struct fingerprint fingerprint;                 /* the peer's certificate */
	struct ice_credentials remote;
};

#endif
