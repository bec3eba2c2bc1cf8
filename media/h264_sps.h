/* The picture size that an H.264 sequence parameter set states (ITU-T H.264 §7.3.2.1.1). Pure, any bytes are safe. */
#ifndef HUITANG_MEDIA_H264_SPS_H
#define HUITANG_MEDIA_H264_SPS_H

#include <stddef.h>
#include <stdint.h>

/**
 * Reads one NAL unit of type 7, with its header byte; emulation prevention bytes are passed over. The size is what is shown, after
 * cropping, in pixels.
 *
 * Errors: -EBADMSG: not such a unit, cut short, or numbers that no picture has. Outputs are then untouched.
 */
int h264_sps_size(const uint8_t *unit, size_t len, uint16_t *ret_width, uint16_t *ret_height);

#endif
