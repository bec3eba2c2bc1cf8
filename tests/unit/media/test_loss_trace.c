/* Which packet a transport-wide number was given to (loss_trace.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/loss_trace.h"
#include "media/rtp.h"

static struct loss_trace trace;

/* As slots write them: header with the number, then a payload that begins with `first`. */
static size_t packet(uint8_t *out, uint32_t ssrc, uint16_t seq, uint16_t first)
{
	struct rtp_header h = { .pt = 96, .seq = seq, .ssrc = ssrc, .twcc_id = 3 };
	size_t twcc_at, n = rtp_write_header(out, &h, &twcc_at);

	write_u16(out + n, first);
	return n + 2;
}

static void add(uint16_t number, uint32_t ssrc, uint16_t seq, uint16_t first)
{
	uint8_t data[64];

	loss_trace_add(&trace, number, data, packet(data, ssrc, seq, first));
}

static void a_number_is_taken_once(void **state)
{
	const struct traced_packet *p;

	(void)state;
	add(65535, 7, 100, 0x1234);
	p = loss_trace_take(&trace, 65535);
	assert_non_null(p);
	assert_int_equal(p->ssrc, 7);
	assert_int_equal(p->seq, 100);
	assert_int_equal(p->first, 0x1234);
	assert_null(loss_trace_take(&trace, 65535));
}

static void numbers_that_were_overwritten_or_never_given_are_nothing(void **state)
{
	(void)state;
	add(5, 7, 100, 0);
	add(5 + LOSS_TRACE_PACKETS, 7, 1124, 0);
	assert_null(loss_trace_take(&trace, 5));
	assert_null(loss_trace_take(&trace, 6));
	assert_int_equal(loss_trace_take(&trace, 5 + LOSS_TRACE_PACKETS)->seq, 1124);
}

static void copies_of_a_repeat_are_known(void **state)
{
	const struct traced_packet *p;

	(void)state;
	add(10, 8, 1, 500);
	add(11, 8, 2, 500);
	add(12, 8, 3, 501);
	p = loss_trace_take(&trace, 11);
	assert_true(loss_trace_is_copy(&trace, p, 10));
	assert_false(loss_trace_is_copy(&trace, p, 12));
	assert_false(loss_trace_is_copy(&trace, p, 13));
}

static void what_is_too_short_is_not_traced(void **state)
{
	uint8_t data[64];
	size_t len = packet(data, 9, 1, 2);

	(void)state;
	memset(&trace, 0, sizeof(trace));
	for (size_t n = 12; n < len; n++) {
		loss_trace_add(&trace, (uint16_t)(20 + n), data, n);
		assert_null(loss_trace_take(&trace, (uint16_t)(20 + n)));
	}
	loss_trace_add(&trace, 1, data, len);
	assert_non_null(loss_trace_take(&trace, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_taken_once),
		cmocka_unit_test(numbers_that_were_overwritten_or_never_given_are_nothing),
		cmocka_unit_test(copies_of_a_repeat_are_known),
		cmocka_unit_test(what_is_too_short_is_not_traced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
