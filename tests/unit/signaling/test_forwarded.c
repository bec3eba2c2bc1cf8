/* Whom a request is from behind proxies: only what trusted ones added is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/forwarded.h"

static struct trusted_proxies trusted;

static int set_up(void **state)
{
	static const char *const networks[] = { "10.0.0.0/8", "192.0.2.7", "fd00::/8" };

	(void)state;
	for (trusted.n = 0; trusted.n < sizeof(networks) / sizeof(networks[0]); trusted.n++)
		assert_int_equal(network_parse(&trusted.networks[trusted.n], networks[trusted.n]), 0);
	return 0;
}

static const char *x(const char *peer, const char *value)
{
	static char client[FORWARDED_ADDRESS_BYTES];

	forwarded_client(client, &trusted, FORWARDED_X_FORWARDED_FOR, peer, value);
	return client;
}

static const char *f(const char *peer, const char *value)
{
	static char client[FORWARDED_ADDRESS_BYTES];

	forwarded_client(client, &trusted, FORWARDED_RFC_7239, peer, value);
	return client;
}

static void a_network_is_an_address_with_a_prefix(void **state)
{
	static const char *const good[] = { "0.0.0.0/0", "::/0", "127.0.0.1", "127.0.0.1/32", "2001:db8::/32", "::1/128", "172.16.0.0/12", "::ffff:10.0.0.0/104" };
	static const char *const bad[] = { "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.1/8", "10.0.0/8", "10.0.0.0/8x", "10.0.0.0/-1", "10.0.0.0/ 8", "::/129", "fd00::1/8", "host", "10.0.0.0/99999999999999999999" };
	struct network n;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(network_parse(&n, good[i]), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(network_parse(&n, bad[i]) < 0);
}

static void who_is_no_proxy_is_not_believed(void **state)
{
	const struct trusted_proxies none = { 0 };
	char client[FORWARDED_ADDRESS_BYTES];

	(void)state;
	assert_string_equal(x("203.0.113.5", "6.6.6.6"), "203.0.113.5");
	assert_string_equal(x("192.0.2.8", "6.6.6.6"), "192.0.2.8");
	assert_string_equal(x("11.0.0.1", "6.6.6.6"), "11.0.0.1");
	assert_string_equal(f("203.0.113.5", "for=6.6.6.6"), "203.0.113.5");
	forwarded_client(client, &none, FORWARDED_X_FORWARDED_FOR, "10.0.0.1", "6.6.6.6");
	assert_string_equal(client, "10.0.0.1");
}

static void the_last_that_is_no_proxy_is_the_client(void **state)
{
	(void)state;
	assert_string_equal(x("10.0.0.1", "203.0.113.9"), "203.0.113.9");
	assert_string_equal(x("10.0.0.1", "6.6.6.6, 203.0.113.9"), "203.0.113.9");
	assert_string_equal(x("10.0.0.1", "6.6.6.6,203.0.113.9 ,\t192.0.2.7"), "203.0.113.9");
	assert_string_equal(x("fd00::5", "2001:db8::1"), "2001:db8::1");
	assert_string_equal(x("10.0.0.1", "[2001:DB8::1]:443"), "2001:db8::1");
	assert_string_equal(x("10.0.0.1", "203.0.113.9:4711"), "203.0.113.9");
	assert_string_equal(x("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3");
	assert_string_equal(f("10.0.0.1", "for=6.6.6.6, proto=https;For=\"203.0.113.9:99\";by=10.0.0.1"), "203.0.113.9");
	assert_string_equal(f("10.0.0.1", "for=\"[2001:db8:cafe::17]:4711\""), "2001:db8:cafe::17");
	/* Of the wrong header nothing is taken. */
	assert_string_equal(f("10.0.0.1", "6.6.6.6"), "10.0.0.1");
}

static void what_cannot_be_read_ends_the_list(void **state)
{
	static const char *const nonsense[] = { "", ",", "unknown", "6.6.6.6, unknown", "6.6.6.6, ", "6.6.6.6, <script>", "1.2.3.4.5", "[::1", "[::1]x", "?", "1.2.3.4 5.6.7.8" };
	char many[2000] = "";

	(void)state;
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++)
		assert_string_equal(x("10.0.0.1", nonsense[i]), "10.0.0.1");
	/* What was added behind it by trusted proxies is still known. */
	assert_string_equal(x("10.0.0.1", "unknown, 10.0.0.2"), "10.0.0.2");
	assert_string_equal(f("10.0.0.1", "for=6.6.6.6, for=_hidden"), "10.0.0.1");
	assert_string_equal(f("10.0.0.1", "for=6.6.6.6;a=\", for=\"[2001:db8::1]:1\""), "10.0.0.1");
	assert_string_equal(f("10.0.0.1", "a=\"\\"), "10.0.0.1");
	/* A quote in a header that has no quotes hides nothing. */
	assert_string_equal(x("10.0.0.1", "\"6.6.6.6, 203.0.113.9"), "203.0.113.9");
	for (int i = 0; i < 150; i++)
		strcat(many, "10.0.0.9,");
	strcat(many, "203.0.113.9");
	assert_string_equal(x("10.0.0.1", many), "203.0.113.9");
}

static void an_ipv4_client_is_written_as_such(void **state)
{
	(void)state;
	assert_string_equal(x("::ffff:203.0.113.5", ""), "203.0.113.5");
	assert_string_equal(x("::ffff:10.0.0.1", "::ffff:203.0.113.9"), "203.0.113.9");
	assert_string_equal(x("2001:DB8:0::1", ""), "2001:db8::1");
	assert_string_equal(x("somewhere", "1.2.3.4"), "somewhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_network_is_an_address_with_a_prefix),
		cmocka_unit_test(who_is_no_proxy_is_not_believed),
		cmocka_unit_test(the_last_that_is_no_proxy_is_the_client),
		cmocka_unit_test(what_cannot_be_read_ends_the_list),
		cmocka_unit_test(an_ipv4_client_is_written_as_such),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
