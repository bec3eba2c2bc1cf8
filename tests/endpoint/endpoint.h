/*
 * A whole WebRTC endpoint: a transport, the sources that it sends and the sinks that it receives. It either offers (WHIP and
 * WHEP) or answers (a seat in a room). All calls under the loop's lock, but endpoint_create(), endpoint_destroy() and
 * those that wait, which take it themselves.
 */
#ifndef ENDPOINT_ENDPOINT_H
#define ENDPOINT_ENDPOINT_H

#include "description.h"
#include "sink.h"
#include "source.h"
#include "transport.h"

#define ENDPOINT_SOURCES 8
#define ENDPOINT_SINKS 40

struct endpoint_cfg {
	struct transport_cfg transport;
	unsigned drop_every;            /* sinks of video drop every nth packet */
	bool no_rtx;                    /* neither offered nor accepted */
	bool no_h264, no_vp8;           /* neither offered nor accepted */
	bool newer;                     /* VP9 and AV1 are accepted, too; AV1 is never sent */
	bool accept_red;                /* else an answer keeps Opus alone */
	bool feedback;                  /* tells each 50 ms what arrived when (transport-wide), as browsers do; else only losses are told */
	bool no_sinks;                  /* received media are opened and counted by the transport alone */
};

struct twcc_stats {
	uint32_t feedbacks;
	uint32_t reported, received;    /* numbers covered, and those said to have arrived */
	uint32_t sent, lost;            /* numbers given to packets that went out, and to those lost on purpose */
	uint32_t never_sent;            /* said to have arrived but never sent: a fault of the other side */
	uint32_t bad_gaps;              /* arrivals more than 50 ms off the sending times */
	uint32_t wrong_counts;          /* feedback numbers that did not count up by one */
};

struct endpoint;

/** Owns: the caller's. */
struct endpoint *endpoint_create(struct loop *l, const struct endpoint_cfg *cfg);
struct endpoint *endpoint_destroy(struct endpoint *e);

/**
 * Adds a source. In an offer the first audio becomes mid 0 and the first video mid 1; before an answer `mid` names the m-line
 * of the other side's offer. pt, rtx_pt and SSRCs are filled in here; `red_pt` 1 asks for RED if it is negotiated. Sources of one
 * m-line that have rids are its simulcast layers, in the order in which they are added, one after the other.
 */
struct source *endpoint_add_source(struct endpoint *e, const struct source_cfg *cfg);

/** The source sends another codec from its next frame on, if that was negotiated; else nothing. */
void endpoint_recode(struct endpoint *e, struct source *s, enum payload_codec codec);

/** Offer with sendonly m-lines for the sources, or, without sources, recvonly ones for audio and video. g_free(). */
char *endpoint_offer(struct endpoint *e);
int endpoint_read_answer(struct endpoint *e, const char *sdp);

/** Answers the other side's offer and begins to connect. NULL when it makes no sense; g_free(). */
char *endpoint_answer(struct endpoint *e, const char *offer);

/** A new offer with new credentials but the same media: answers it and checks anew. NULL as above. */
char *endpoint_restart(struct endpoint *e, const char *offer);

struct transport *endpoint_transport(struct endpoint *e);
struct loop *endpoint_loop(struct endpoint *e);
const struct description *endpoint_remote(const struct endpoint *e);

unsigned endpoint_sources(const struct endpoint *e);
struct source *endpoint_source(struct endpoint *e, unsigned i);
unsigned endpoint_sinks(const struct endpoint *e);
struct sink *endpoint_sink(struct endpoint *e, unsigned i);

/** The sink of the m-line with this mid; of the first audio or video. NULL while nothing came. */
struct sink *endpoint_sink_of_mid(struct endpoint *e, const char *mid);
struct sink *endpoint_sink_of_kind(struct endpoint *e, bool audio);

/** Sends a PLI for each video sink, or for one SSRC. */
void endpoint_request_keyframes(struct endpoint *e);
void endpoint_send_pli(struct endpoint *e, uint32_t ssrc);
void endpoint_send_nack(struct endpoint *e, uint32_t ssrc, const uint16_t *seqs, size_t n);

/** Packets that belong to no m-line by SSRC or payload type. */
uint32_t endpoint_strays(const struct endpoint *e);
uint32_t endpoint_byes(const struct endpoint *e);
const struct twcc_stats *endpoint_twcc(const struct endpoint *e);

/** Waits until keys are agreed. */
bool endpoint_wait_up(struct endpoint *e, int timeout_ms);

/** True when none are agreed for `ms`. */
bool endpoint_stays_down(struct endpoint *e, int ms);

#endif
