/*
 * What one endpoint receives. Sequence numbers, holes and transport-wide numbers are read from the clear header of every
 * packet; some packets, or all of an endpoint's, are opened, compared with what was sent and timed.
 */
#ifndef LOAD_INCOMING_H
#define LOAD_INCOMING_H

#include "media/twcc.h"
#include "tests/endpoint/control.h"
#include "tests/endpoint/description.h"
#include "tests/load/frames.h"
#include "tests/load/peer.h"
#include "tests/load/totals.h"

#define INCOMING_STREAMS 64             /* 29 slots, 25 of them with RTX */
#define INCOMING_PLACES 128             /* of the hash table: a power of two, more than streams */
#define HOLES 48

struct hole {
	uint32_t number;                /* sequence number with its turns */
	int64_t next_us;                /* when it is asked for (again) */
	uint8_t tries;
};

struct stream {
	uint32_t ssrc;
	enum payload_codec codec;       /* as its payload type says */
	bool rtx, started;
	uint8_t n_holes;
	uint8_t pt;
	uint32_t of;                    /* RTX: index of the stream that it repairs */
	uint32_t number;                /* highest sequence number with its turns */
	uint32_t base;                  /* first number of the window */
	uint32_t got;                   /* of the window, without duplicates and repairs */
	uint32_t report_number, report_got;
	uint32_t transit, jitter16;     /* RFC 3550 §A.8 */
	uint32_t last_sr;
	int64_t sr_us, first_us;
	bool red;                       /* its payload type is RED */
	uint32_t voice_source, voice;   /* whose voices were heard last, the newest of them */
	uint64_t voices;                /* and which of the 64 before */
	bool wants_key;
	int64_t pli_us;
	struct frames *frames;          /* owned; NULL when the endpoint is not opened whole */
	struct hole holes[HOLES];
};

struct incoming_cfg {
	struct peer *peer;              /* given, as the next one */
	struct totals *totals;
	struct payload_types pt;        /* what the other side may send */
	uint8_t twcc_id;                /* 0: no feedback */
	bool nack, nack_voice;
	bool late;                      /* a latecomer */
	bool whole;                     /* open every packet */
	bool temporal;                  /* every second frame may be missing */
	unsigned check_every;
	unsigned spoil_every;           /* alters one in so many of the packets that are looked at; 0 never */
};

struct incoming {
	struct incoming_cfg cfg;
	uint32_t reporter;              /* our SSRC in reports */
	unsigned n_streams;
	uint8_t places[INCOMING_PLACES]; /* index + 1 */
	int64_t report_us, feedback_us;
	int64_t first_us, first_video_us; /* 0: nothing yet */
	uint64_t packets, inspected;
	struct twcc_receiver *twcc;     /* owned */
	struct stream *streams;         /* owned, INCOMING_STREAMS */
};

/** Embedded. Errors: -ENOMEM. */
int incoming_init(struct incoming *in, const struct incoming_cfg *cfg);
void incoming_done(struct incoming *in);

/** Names a stream ahead of its first packet; `rtx_ssrc` 0: none. The others are known by their payload type. */
void incoming_expect(struct incoming *in, uint32_t ssrc, uint32_t rtx_ssrc, bool audio);

void incoming_on_rtp(struct incoming *in, uint8_t *data, size_t len, int64_t now_us);
void incoming_on_sender(struct incoming *in, const struct sender_info *s, int64_t now_us);

/** Reports, NACK, PLI and transport-wide feedback that are due; called every 10 to 50 ms. */
void incoming_tick(struct incoming *in, int64_t now_us);

/** The window begins. */
void incoming_restart(struct incoming *in, int64_t now_us);

struct incoming_loss {
	uint64_t numbered, missing;
};

/** How many pictures, and how many voices, came in the window so far. */
unsigned incoming_pictures(const struct incoming *in);
unsigned incoming_voices(const struct incoming *in);

/** The window ends. Returns how long pictures stood still in it, together; 0 unless opened whole. */
int64_t incoming_end(struct incoming *in, int64_t now_us);

/** Adds what the window lost so far. */
void incoming_count(const struct incoming *in, struct incoming_loss *sum);

#endif
