/* Where webhooks may go, what they say, how it is signed, and how long they wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "media/base/macros.h"
#include "signaling/webhook_address.h"
#include "signaling/webhook_message.h"

static bool is_public(const char *text)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		return webhook_address_is_public((const struct sockaddr *)&four);
	assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
	return webhook_address_is_public((const struct sockaddr *)&six);
}

static void addresses_inside_are_not_public(void **state)
{
	static const char *const inside[] = {
		"127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1",
		"192.0.0.8", "192.0.2.1", "203.0.113.9", "224.0.0.1", "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fd00::1", "fc00::1",
		"ff02::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::1", "2001:db8::1", "2001::1", "::7f00:1", "4000::1", "64:ff9b:1::1",
	};
	static const char *const outside[] = { "8.8.8.8", "172.15.0.1", "172.32.0.1", "100.63.0.1", "1.1.1.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
		if (is_public(inside[i]))
			print_error("%s\n", inside[i]);
		assert_false(is_public(inside[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
		if (!is_public(outside[i]))
			print_error("%s\n", outside[i]);
		assert_true(is_public(outside[i]));
	}
}

static void urls_are_checked(void **state)
{
	static const char *const wrong[] = {
		"", "https", "https://", "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "https://user@example.com/", "https://u:p@example.com/",
		"https://example.com/#x", "https://exa mple.com/", "https://example.com/\r\nx: y", "javascript:alert(1)", "//example.com/", "https://例子.cn/",
	};
	char too_long[WEBHOOK_URL_BYTES + 32] = "https://example.com/";

	static const char *const inside[] = {
		"https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://10.1.2.3:8443/", "https://169.254.169.254/latest", "https://[::1]/",
		"https://[::ffff:127.0.0.1]/", "https://[fe80::1]/", "https://0/",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (webhook_url_valid(wrong[i], false))
			print_error("%s\n", wrong[i]);
		assert_false(webhook_url_valid(wrong[i], false));
	}
	memset(too_long + strlen(too_long), 'x', WEBHOOK_URL_BYTES);
	assert_false(webhook_url_valid(too_long, false));
	assert_true(webhook_url_valid("https://example.com/hook?x=1", false));
	assert_true(webhook_url_valid("https://[2606:4700::1]:8443/hook", false));
	assert_true(webhook_url_valid("http://127.0.0.1:9000/hook", true));
	for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
		if (webhook_url_valid(inside[i], false))
			print_error("%s\n", inside[i]);
		assert_false(webhook_url_valid(inside[i], false));
	}
	assert_true(webhook_url_valid("https://8.8.8.8/", false));
	assert_false(webhook_url_valid("file:///etc/passwd", true));
	assert_false(webhook_url_valid("https:/example.com/hook", false));
	assert_false(webhook_url_valid("https://@example.com/hook", false));
	assert_false(webhook_url_valid("https:///example.com/hook", false));
}

/* Computed with Python's hmac. */
static void the_signature_is_the_standards(void **state)
{
	static const uint8_t secret[WEBHOOK_SECRET_BYTES] = "0123456789abcdef0123456789abcdef";
	char text[WEBHOOK_SIGNATURE_BYTES], word[WEBHOOK_SECRET_TEXT_BYTES], id[WEBHOOK_ID_BYTES];
	uint8_t a[WEBHOOK_SECRET_BYTES], b[WEBHOOK_SECRET_BYTES], key[STORE_KEY_BYTES] = { 7 };

	(void)state;
	webhook_sign(text, secret, "msg_1_2", 1700000000, "{\"a\":1}");
	assert_string_equal(text, "v1,28aSS5dGInkwkXWKIjcL5Xl1JTTfZ1kIZiNs0U5MbQQ=");
	webhook_secret_write(word, secret);
	assert_string_equal(word, "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
	webhook_id_write(id, 1, 2);
	assert_string_equal(id, "msg_1_2");
	webhook_secret(key, 1, a);
	webhook_secret(key, 2, b);
	assert_memory_not_equal(a, b, sizeof(a));
}

static void the_body_has_ids_alone(void **state)
{
	struct webhook_event e = { .webhook = 3, .sequence = 17, .org = 5, .wall_us = 1700000000123456, .kind = EVENT_ACT, .act = "person.create" };
	char body[WEBHOOK_BODY_BYTES];

	(void)state;
	assert_int_equal(webhook_body_write(body, &e), 0);
	assert_string_equal(body, "{\"type\":\"ACT\",\"timestamp\":\"2023-11-14T22:13:20.123Z\",\"data\":{\"sequence\":17,\"org\":5,\"act\":\"person.create\"}}");
}

static void waits_are_doubled_up_to_a_bound(void **state)
{
	(void)state;
	assert_int_equal(webhook_wait_us(4000000, 1, 500), 4000000);
	assert_int_equal(webhook_wait_us(4000000, 2, 500), 8000000);
	assert_int_equal(webhook_wait_us(4000000, 4, 0), 24000000);
	assert_int_equal(webhook_wait_us(4000000, 4, 1000), 40000000);
	assert_int_equal(webhook_wait_us(4000000, 30, 500), 12LL * 3600 * 1000000);
}

static void lists_of_kinds_are_read(void **state)
{
	(void)state;
	assert_true(webhook_events_valid("*"));
	assert_true(webhook_events_valid("CLASS_OPENED"));
	assert_true(webhook_events_valid("CLASS_OPENED SEAT_LEFT ACT"));
	assert_false(webhook_events_valid(""));
	assert_false(webhook_events_valid("CLASS"));
	assert_false(webhook_events_valid("CLASS_OPENED  ACT"));
	assert_false(webhook_events_valid("CLASS_OPENED,ACT"));
	assert_false(webhook_events_valid("ACT ACT"));
	assert_false(webhook_events_valid("SEATS_ALIVE"));
	assert_false(webhook_events_valid("* ACT"));
	assert_true(webhook_events_have("*", EVENT_CHAT));
	assert_false(webhook_events_have("*", EVENT_SEATS_ALIVE));
	assert_false(webhook_events_have("*", EVENT_SERVER_STARTED));
	assert_true(webhook_events_have("SEAT_LEFT ACT", EVENT_ACT));
	assert_false(webhook_events_have("SEAT_LEFT ACT", EVENT_CHAT));
	assert_false(webhook_events_have("*", (enum event_kind)9999));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_inside_are_not_public),
		cmocka_unit_test(urls_are_checked),
		cmocka_unit_test(the_signature_is_the_standards),
		cmocka_unit_test(the_body_has_ids_alone),
		cmocka_unit_test(waits_are_doubled_up_to_a_bound),
		cmocka_unit_test(lists_of_kinds_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
