/* Publishers and players of the scenarios: WHIP and WHEP clients with usual settings, and looks at what they counted. */
#ifndef SCENARIO_PLAYER_H
#define SCENARIO_PLAYER_H

#include "server.h"
#include "tests/endpoint/whip.h"

struct publisher_cfg {
	struct endpoint_cfg endpoint;
	uint32_t number;                /* audio's in the marks; video is number + 1 */
	enum payload_codec codec;       /* of the video; PAYLOAD_OPUS: VP8 */
	enum vp8_numbers numbers;
	int64_t audio_us, video_us;     /* frame times; 0: 20,000 and 33,333 */
	unsigned packets, body_bytes;   /* of a video frame; 0: 3 and 1,000 */
	unsigned key_every, lose_every;
	uint8_t level;                  /* of the audio; 0: 20, speaking */
	bool no_audio, no_video;
	const char *rids;               /* simulcast: a layer a letter, in the marks number + 1 and up; NULL: one stream */
};

/** A loop that ends with the scenario. */
struct loop *stage_loop(void);

/** Both end with the scenario, without DELETE. Never NULL; look at ->status. The token is given. */
struct whip *publisher_open(struct server *s, struct loop *l, const char *room, const char *token,
                            const struct publisher_cfg *cfg);
struct whip *player_open(struct server *s, struct loop *l, const char *room_and_query, const char *token,
                         const struct endpoint_cfg *cfg);

/** Copies, zero when there is nothing yet. Take the lock themselves. */
struct sink_stats player_stats(struct endpoint *e, bool audio);
struct source_stats publisher_stats(struct endpoint *e, unsigned i);
struct twcc_stats publisher_twcc(struct endpoint *e);
struct transport_stats player_transport(struct endpoint *e);

bool player_wait_frames(struct endpoint *e, bool audio, uint32_t frames, int timeout_ms);
bool player_wait_keyframes(struct endpoint *e, uint32_t keyframes, int timeout_ms);

/** True when for `quiet_ms` no packet came. */
bool player_wait_silence(struct endpoint *e, bool audio, int quiet_ms, int timeout_ms);

/** Checks that everything received was right: bytes, order, frames, timestamps, the clock within `skew_ms`. */
void player_check(struct endpoint *e, bool audio, int skew_ms, const char *who);

/** Counts anew from here. */
void player_reset(struct endpoint *e);

#endif
