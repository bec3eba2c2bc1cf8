/*
 * Pieces of SDP text read with bounds: lines, words, numbers, and the attribute values that room answers and WHIP offers
 * share. Private to media/sdp_*. Nothing here allocates; spans are borrowed from the text.
 */
#ifndef HUITANG_MEDIA_SDP_FIELD_H
#define HUITANG_MEDIA_SDP_FIELD_H

#include "media/sdp.h"

#define SDP_MAX_LINES 4096              /* a room answer of Chromium has about 1,000 */
#define SDP_MAX_LINE_BYTES 2048

struct span {
	const char *data;
	size_t len;
};

static inline struct span span_of(const char *data, size_t len)
{
	return (struct span){ data, len };
}

/** The bytes are those of `word`; the second is blind to ASCII case. */
bool span_is(struct span s, const char *word);
bool span_is_nocase(struct span s, const char *word);
bool span_equal(struct span a, struct span b);

/** Cuts what stands before the first `sep` off *rest, and the separator; all of it when there is none. */
struct span span_cut(struct span *rest, char sep);

/** Cuts the next word at spaces; an empty span at the end. */
struct span span_word(struct span *rest);

/** Decimal digits only, at most `max`. */
bool span_number(struct span s, uint32_t max, uint32_t *ret);

/** Copies with a closing 0; false when `size` is too small. */
bool span_copy(struct span s, char *ret, size_t size);

/** True when `word` is one of the words of `list`. */
bool span_has_word(struct span list, struct span word);

/* Reads a text line by line. */
struct sdp_lines {
	struct span rest;
	unsigned line;          /* 1-based number of the last line read */
	const char *reason;     /* of -EBADMSG */
};

/**
 * The next line as its type letter and value; empty lines are passed over.
 *
 * Returns 1, or 0 at the end.
 * Errors: -EBADMSG: over SDP_MAX_LINES or SDP_MAX_LINE_BYTES, a control character, or no `x=`.
 */
int sdp_next_line(struct sdp_lines *l, char *ret_type, struct span *ret_value);

/** Splits `a=name:value`; the value is empty when there is none. */
void sdp_split_attribute(struct span attribute, struct span *ret_name, struct span *ret_value);

/* Values. Each returns NULL, or why it was refused; *ret is then untouched. */
const char *sdp_parse_ufrag(struct ice_credentials *ret, struct span value);            /* RFC 8839 §5.4 */
const char *sdp_parse_pwd(struct ice_credentials *ret, struct span value);
const char *sdp_parse_fingerprint(struct fingerprint *ret, struct span value);          /* RFC 8122 §5 */
const char *sdp_parse_mid(char ret[MID_BYTES], struct span value);                      /* RFC 5888 §4 */

enum sdp_direction { SDP_NO_DIRECTION, SDP_SENDRECV, SDP_SENDONLY, SDP_RECVONLY, SDP_INACTIVE };

/** The direction that an attribute's name means, SDP_NO_DIRECTION for other names. */
enum sdp_direction sdp_direction_of(struct span name);
const char *sdp_direction_name(enum sdp_direction d);

struct sdp_extmap {
	uint32_t id;
	enum sdp_direction direction;   /* SDP_NO_DIRECTION: not said */
	struct span uri;
};

/** a=extmap (RFC 8285 §5); extension attributes behind the URI are left. */
const char *sdp_parse_extmap(struct sdp_extmap *ret, struct span value);

/** The hash was named, but is not one that we can check. */
extern const char sdp_unknown_hash[];

#endif
