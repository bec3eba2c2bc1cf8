/* RTCP: compound packets read with bounds, and those that the server writes (RFC 3550 §6, RFC 4585, RFC 5104, TWCC and REMB drafts). */
#ifndef HUITANG_MEDIA_RTCP_H
#define HUITANG_MEDIA_RTCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTCP_MAX_NACKS 512      /* sequence numbers read from one packet; the rest is counted as malformed */

struct twcc_feedback;                   /* twcc_feedback.h */

struct rtcp_sender_report {
	uint32_t ssrc;
	uint64_t ntp;           /* 32.32, NTP era 0 */
	uint32_t rtp;
	uint32_t packets;
	uint32_t octets;
};

struct rtcp_report_block {
	uint32_t reporter;      /* SSRC of the sender of the block */
	uint32_t ssrc;          /* about whom */
	uint8_t fraction_lost;
	int32_t lost;
	uint32_t highest_seq;
	uint32_t jitter;        /* RTP ticks */
	uint32_t last_sr;
	uint32_t delay_since_sr; /* 1/65536 s */
};

/* Called by rtcp_parse() for each item, in order; any may be NULL. Arguments are borrowed. */
struct rtcp_handlers {
	void (*on_sender_report)(void *user, const struct rtcp_sender_report *sr);
	void (*on_report_block)(void *user, const struct rtcp_report_block *rb);
	void (*on_nack)(void *user, uint32_t media_ssrc, const uint16_t *seqs, size_t n);
	void (*on_keyframe_request)(void *user, uint32_t media_ssrc);      /* PLI or FIR */
	void (*on_bye)(void *user, uint32_t ssrc);
	void (*on_transport_feedback)(void *user, const struct twcc_feedback *fb);
	void (*on_remb)(void *user, uint64_t bps);     /* receiver estimated maximum bitrate, whatever SSRCs it names */
};

/**
 * Reads a compound packet. What stood before an error has been handled; kinds that it does not know are passed over.
 *
 * Errors: -EBADMSG.
 * Spec:   RFC 3550 §6.1, Appendix A.2, reduced size allowed (RFC 5506)
 */
int rtcp_parse(const uint8_t *data, size_t len, const struct rtcp_handlers *h, void *user);

/*
 * Writers append one packet at `out` and return its length, or 0 when `size` is too small. Lengths are multiples of 4.
 * Of report blocks at most 31 are written, `reporter` is not; of a CNAME at most 255 bytes.
 * A compound packet begins with a report (rtcp_write_sr or rtcp_write_rr) and carries an SDES (RFC 3550 §6.1).
 */
size_t rtcp_write_sr(uint8_t *out, size_t size, const struct rtcp_sender_report *sr, const struct rtcp_report_block *blocks,
                     size_t n_blocks);
size_t rtcp_write_rr(uint8_t *out, size_t size, uint32_t ssrc, const struct rtcp_report_block *blocks, size_t n_blocks);
size_t rtcp_write_sdes(uint8_t *out, size_t size, uint32_t ssrc, const char *cname);
size_t rtcp_write_pli(uint8_t *out, size_t size, uint32_t sender, uint32_t media_ssrc);
/** `seqs` ascending modulo 2^16; those that do not fit are left out. */
size_t rtcp_write_nack(uint8_t *out, size_t size, uint32_t sender, uint32_t media_ssrc, const uint16_t *seqs, size_t n);
/** RFC 3550 §6.6 */
size_t rtcp_write_bye(uint8_t *out, size_t size, uint32_t ssrc);

/** CLOCK_REALTIME microseconds as NTP 32.32 and back. */
uint64_t ntp_from_wall_us(int64_t wall_us);
int64_t wall_us_from_ntp(uint64_t ntp);

#endif
