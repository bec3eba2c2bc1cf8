/* RTCP of the test endpoint: what a publisher and a player write and read (RFC 3550 §6, RFC 4585, RFC 5104, TWCC draft). */
#ifndef ENDPOINT_CONTROL_H
#define ENDPOINT_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONTROL_BYTES 1400

struct sender_info {
	uint32_t ssrc;
	uint64_t ntp;
	uint32_t rtp, packets, octets;
};

struct report_block {
	uint32_t about;
	uint8_t fraction;
	uint32_t lost, highest, jitter, last_sr, delay;
};

/* One TWCC feedback, spread out: arrival_us[i] belongs to number base + i; -1 was not received. */
#define TWCC_MAX 4096
struct twcc_feedback {
	uint32_t sender, about;
	uint16_t base, count;
	uint8_t number;
	int64_t arrival_us[TWCC_MAX];
};

/* Called for each item; any may be NULL. Borrowed until return. */
struct control_handlers {
	void (*on_sender)(void *user, const struct sender_info *s);
	void (*on_block)(void *user, uint32_t from, const struct report_block *b);
	void (*on_nack)(void *user, uint32_t about, const uint16_t *seqs, size_t n);
	void (*on_pli)(void *user, uint32_t about);
	void (*on_twcc)(void *user, const struct twcc_feedback *f);
	void (*on_bye)(void *user, uint32_t ssrc);
	void (*on_cname)(void *user, uint32_t ssrc, const char *cname);
};

/** Errors: -EBADMSG at the first malformed packet; items before it were handed over. */
int control_read(const uint8_t *data, size_t len, const struct control_handlers *h, void *user);

/* Writers append and return the length; `out` has room for CONTROL_BYTES in all. */
size_t control_write_sr(uint8_t *out, const struct sender_info *s);
size_t control_write_rr(uint8_t *out, uint32_t from, const struct report_block *blocks, unsigned n);
size_t control_write_cname(uint8_t *out, uint32_t ssrc, const char *cname);
size_t control_write_pli(uint8_t *out, uint32_t from, uint32_t about);
size_t control_write_nack(uint8_t *out, uint32_t from, uint32_t about, const uint16_t *seqs, size_t n);
/** Of `f` up to TWCC_WRITTEN numbers; -1 was not received, arrivals lie within 8 s of their neighbours. */
#define TWCC_WRITTEN 400
size_t control_write_twcc(uint8_t *out, const struct twcc_feedback *f);
size_t control_write_bye(uint8_t *out, uint32_t ssrc);

/** now_us() as NTP 32.32 and back to it. */
uint64_t ntp_of_us(int64_t mono_us);
int64_t us_of_ntp(uint64_t ntp);

#endif
