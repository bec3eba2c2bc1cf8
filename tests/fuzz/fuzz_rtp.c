/* An RTP packet from outside, its extensions and its payload as each codec: every pointer given back lies inside, every length fits. */
#include <string.h>

#include "media/av1.h"
#include "media/payload.h"
#include "media/red.h"
#include "media/rtp.h"
#include "media/vp9.h"
#include "tests/fuzz/must.h"

static const struct extension_ids ids = { .mid = 1, .rid = 2, .rrid = 3, .twcc = 4, .audio_level = 5 };

static void check_inside(const uint8_t *data, size_t size, const uint8_t *p, size_t len)
{
	MUST(!p || (p >= data && len <= size && (size_t)(p - data) <= size - len));
}

static void check_vp8(const uint8_t *data, size_t size)
{
	struct vp8_descriptor d;

	if (vp8_parse(&d, data, size) < 0)
		return;
	MUST(d.len >= 1 && d.len <= size);
	MUST(d.picture_id_at + (d.wide_picture_id ? 2 : 1) <= d.len || !d.picture_id_at);
	MUST(d.tl0picidx_at < d.len && d.tid_keyidx_at < d.len);
	MUST(d.picture_id < 0x8000 && d.tid < 4 && d.keyidx < 32);
}

static void check_vp9(const uint8_t *data, size_t size)
{
	struct picture_size picture = { 0 };
	struct vp9_descriptor d;

	if (vp9_parse(&d, data, size) < 0)
		return;
	MUST(d.len >= 1 && d.len <= size);
	MUST(d.picture_id_at + (d.wide_picture_id ? 2 : 1) <= d.len || !d.picture_id_at);
	MUST(d.tl0picidx_at < d.len && (!d.sizes_at || d.sizes_at + 4 * d.n_spatial <= d.len));
	MUST(d.picture_id < 0x8000 && d.tid < 8 && d.sid < MAX_LAYERS && d.n_spatial <= MAX_LAYERS);
	for (uint8_t sid = 0; sid < UINT8_MAX; sid++)
		if (vp9_layer_size(&d, sid, data, size, &picture))
			MUST(sid < MAX_LAYERS && picture.width > 0 && picture.width <= 0x4000 && picture.height > 0 && picture.height <= 0x4000);
}

static void check_av1(const uint8_t *data, size_t size)
{
	uint8_t tid = 0;

	if (av1_temporal_layer(data, size, &tid))
		MUST(tid < 8);
}

static void check_payload(const uint8_t *data, size_t size)
{
	const uint8_t *block = NULL;
	size_t len = 0;
	uint8_t pt = 0;

	check_vp8(data, size);
	check_vp9(data, size);
	check_av1(data, size);
	for (int codec = CODEC_NONE; codec < CODECS; codec++) {
		struct picture_size picture = { 0 };
		bool keyframe = payload_starts_keyframe((enum codec)codec, data, size);

		MUST(!keyframe || payload_is_valid((enum codec)codec, data, size));
		if (payload_picture_size((enum codec)codec, data, size, &picture))
			MUST(keyframe && picture.width > 0 && picture.width <= 0x4000 && picture.height > 0 && picture.height <= 0x4000);
		else
			MUST(picture.width == 0 && picture.height == 0);
	}
	if (red_primary(data, size, &pt, &block, &len) == 0) {
		MUST(pt < 128 && len > 0 && block);
		check_inside(data, size, block, len);
		MUST(block + len == data + size);
	}
}

/* What is read is written the same, as far as it was read. */
static void check_red(const uint8_t *data, size_t size)
{
	struct red_block blocks[RED_MAX_BLOCKS], again[RED_MAX_BLOCKS];
	size_t n = red_read(blocks, data, size), len;
	uint8_t out[4096];

	MUST(n <= RED_MAX_BLOCKS);
	for (size_t i = 0; i < n; i++)
		check_inside(data, size, blocks[i].data, blocks[i].len);
	len = n > 0 ? red_write(out, sizeof(out), 111, blocks, n) : 0;
	if (len == 0)
		return;
	MUST(red_read(again, out, len) == n);
	for (size_t i = 0; i < n; i++)
		MUST(again[i].len == blocks[i].len && again[i].offset_rtp == blocks[i].offset_rtp && memcmp(again[i].data, blocks[i].data, blocks[i].len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtp_view v;

	rtp_is_rtp(data, size);
	check_payload(data, size);
	check_red(data, size);
	if (rtp_parse(&v, data, size, &ids) < 0)
		return 0;
	MUST(v.len == size && v.header_len >= RTP_HEADER_BYTES && v.header_len + v.payload_len <= size);
	check_inside(data, size, v.payload, v.payload_len);
	check_inside(data, size, v.mid, v.mid_len);
	check_inside(data, size, v.rid, v.rid_len);
	check_inside(data, size, v.rrid, v.rrid_len);
	check_payload(v.payload, v.payload_len);
	return 0;
}
