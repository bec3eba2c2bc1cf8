/*
 * When was this captured, in the server's clock? (media.md, Clocks.) A seat's sender reports tell its own NTP time for an
 * RTP timestamp; one smoothed offset per seat brings NTP to the server's boot clock, the same for its voice and pictures,
 * so that whatever error the offset has, lips and sound stay together. Before the first report, arrival time stands in.
 *
 * All pure; times in microseconds.
 */
#ifndef HUITANG_MEDIA_CAPTURE_CLOCK_H
#define HUITANG_MEDIA_CAPTURE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_SAMPLES 16

/*
 * One per seat: server time minus the sender's NTP time, the smallest of the last samples (least queueing). One that is 2 s smaller,
 * or three in a row that are 2 s larger, mean that the sender's clock was set: then all begins anew, and reports of its other sources
 * from before count no more.
 */
struct sender_clock {
	uint32_t steps;                 /* how often it was set */
	uint8_t late;                   /* reports in a row that were queued for long, or tell of another clock */
	uint8_t n;
	uint8_t next;
	int64_t samples_us[CLOCK_SAMPLES];
	int64_t offset_us;
};

/** A sender report with NTP time `ntp_us` arrived at `now_us`. False: it seems queued for long, and is not taken. */
bool sender_clock_report(struct sender_clock *c, int64_t ntp_us, int64_t now_us);

/* One per source. */
struct source_clock {
	uint32_t rate_hz;
	bool has_report;
	uint32_t report_steps;          /* the sender clock's at that time */
	uint32_t report_rtp;
	int64_t report_ntp_us;
	bool has_arrival;
	uint32_t arrival_rtp;
	int64_t arrival_us;
	uint32_t newest_rtp;            /* newest packet and when it came */
	int64_t newest_us;
};

void source_clock_init(struct source_clock *c, uint32_t rate_hz);

/** The same report, when sender_clock_report() took it. */
void source_clock_report(struct source_clock *c, const struct sender_clock *sender, uint32_t rtp, int64_t ntp_us);

/**
 * A packet with this timestamp arrived: keeps the earliest line through the arrivals. A sender whose clock stood still while it
 * sent nothing (Chromium's does while a microphone has no track) begins a new line, and its last report counts no more.
 */
void source_clock_packet(struct source_clock *c, uint32_t rtp, int64_t now_us);

/**
 * Capture time of a timestamp in the server's clock: always within the last 3 s. What reports say is taken if it is so, else arrival
 * times count: a peer can report anything. At least one packet must have been seen.
 */
int64_t source_clock_capture_us(const struct source_clock *c, const struct sender_clock *sender, uint32_t rtp, int64_t now_us);

#endif
