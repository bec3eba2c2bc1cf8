/*
 * A stream of framed packets in pieces: what is taken out lies within what was read, and is the same however it was cut. The first
 * byte says where to cut.
 */
#include <errno.h>
#include <string.h>

#include "media/framing.h"
#include "tests/fuzz/must.h"

struct seen {
	size_t packets, bytes;
	uint32_t sum;
};

static int take_all(uint8_t *data, size_t len, size_t *at, struct seen *seen)
{
	uint8_t *packet;
	size_t n;
	int r;

	while ((r = framing_next(data, len, at, &packet, &n)) > 0) {
		MUST(n >= 1 && n <= RTP_MAX_PACKET_BYTES && packet >= data + 2 && packet + n <= data + len && *at <= len);
		seen->packets++;
		seen->bytes += n;
		for (size_t i = 0; i < n; i++)
			seen->sum = seen->sum * 31 + packet[i];
	}
	MUST(*at <= len && (r == -EMSGSIZE || len - *at < FRAMING_MAX_BYTES));
	return r;
}

/* As a link reads: what is left lies before what comes. */
static int take_in_pieces(const uint8_t *data, size_t size, size_t piece, struct seen *seen)
{
	static uint8_t scratch[FRAMING_MAX_BYTES + 256];
	size_t rest = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < size; i += piece) {
		size_t n = size - i < piece ? size - i : piece, at = 0;

		memcpy(scratch + rest, data + i, n);
		r = take_all(scratch, rest + n, &at, seen);
		rest = rest + n - at;
		if (r == 0)
			memmove(scratch, scratch + at, rest);
	}
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t whole[65536];
	struct seen at_once = { 0 }, in_pieces = { 0 };
	size_t at = 0;

	if (size < 1 || size > sizeof(whole))
		return 0;
	memcpy(whole, data + 1, size - 1);
	MUST(take_all(whole, size - 1, &at, &at_once) == take_in_pieces(data + 1, size - 1, 1 + data[0], &in_pieces));
	MUST(memcmp(&at_once, &in_pieces, sizeof(at_once)) == 0);
	return 0;
}
