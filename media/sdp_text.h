/* Text that grows as it is printed, and the SDP lines that our offers and answers share. Private to media/sdp_*. */
#ifndef HUITANG_MEDIA_SDP_TEXT_H
#define HUITANG_MEDIA_SDP_TEXT_H

#include "media/base/macros.h"
#include "media/sdp.h"

/* Embedded; begin with zeroes. After a failed allocation further prints do nothing. */
struct text {
	char *data;
	size_t len;
	size_t size;
	bool failed;
};

void text_printf(struct text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** Prints `len` bytes once more that were printed from `at` on. */
void text_repeat(struct text *t, size_t at, size_t len);

/** What was printed, the caller's, mem_free(); NULL after a failed allocation. `t` is empty then. */
char *text_take(struct text *t);

/** v= to t= and a=ice-lite. */
void sdp_write_session(struct text *t, const struct sdp_local *local);

/** ICE credentials, fingerprint and a=setup, at session or media level. */
void sdp_write_transport(struct text *t, const struct sdp_local *local, const char *setup);

/** Our host candidates (RFC 8839 §5.1, RFC 6544 §4.5) and a=end-of-candidates. */
void sdp_write_candidates(struct text *t, const struct sdp_local *local);

/** a=msid, a=ssrc with the CNAME and, with RTX, a=ssrc-group:FID. */
void sdp_write_sent(struct text *t, const char *cname, const struct slot_cfg *slot, const char *stream, const char *track);

/**
 * -EINVAL when `local` cannot be written: empty credentials, no fingerprint, too many candidates or of another family, and
 * no CNAME where streams of ours are named.
 */
int sdp_local_check(const struct sdp_local *local, bool names_streams);

#endif
