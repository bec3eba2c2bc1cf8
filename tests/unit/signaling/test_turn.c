/* Credentials for coturn, and which addresses of servers are taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <unistd.h>

#include "media/base/mem.h"
#include "signaling/turn.h"
#include "tests/unit/leaves_nothing.h"

/* printf '1700000000:seat' | openssl dgst -sha1 -hmac 'a secret of ours' -binary | base64 */
static void a_credential_is_what_coturn_works_out(void **state)
{
	struct turn_credential c = { 0 };

	(void)state;
	turn_write_credential(&c, "a secret of ours", "seat", 1700000000);
	assert_string_equal(c.username, "1700000000:seat");
	assert_string_equal(c.password, "dIteafQScnQVI2DNnt7VTPObXUc=");
}

static void addresses_are_of_four_schemes_and_plain_characters(void **state)
{
	static const char *const good[] = { "turn:turn.example", "turn:192.0.2.1:3478?transport=udp", "turns:turn.example:443?transport=tcp",
		                            "stun:[2001:db8::7]:3478", "stuns:stun.example:5349" };
	static const char *const bad[] = { "", "turn:", "turn:/host", "http://host", "turn:host:", "turn:host:123456", "turn:host:12x", "turn:[::1",
		                           "turn:[]", "turn:host?transport=sctp", "stun:host?transport=udp", "turn:ho st", "turn:host\"", "turn:host>;x",
		                           "turn:user@host", "turn:host\r\nx: y" };
	char longest[300] = "turn:";

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(turn_is_url(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(turn_is_url(bad[i]));
	memset(longest + 5, 'a', 250);
	assert_true(turn_is_url(longest));
	longest[255] = 'a';
	assert_false(turn_is_url(longest));
	assert_true(turn_needs_credential("turns:h") && turn_needs_credential("turn:h"));
	assert_false(turn_needs_credential("stun:h"));
}

static int read_secret(char ret[TURN_SECRET_BYTES], const char *content)
{
	char path[] = "/tmp/huitang-secret-XXXXXX";
	int fd = mkstemp(path), r;

	assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	close(fd);
	r = turn_read_secret(ret, path);
	unlink(path);
	return r;
}

static void a_secret_is_one_line_of_some_length(void **state)
{
	char secret[TURN_SECRET_BYTES] = "as before", text[300];

	(void)state;
	assert_int_equal(read_secret(secret, "0123456789abcdef\n"), 0);
	assert_string_equal(secret, "0123456789abcdef");
	assert_int_equal(read_secret(secret, "0123456789abcdefg"), 0);
	assert_string_equal(secret, "0123456789abcdefg");
	assert_int_equal(read_secret(secret, ""), -EINVAL);
	assert_int_equal(read_secret(secret, "short\n"), -EINVAL);
	assert_int_equal(read_secret(secret, "0123456789abcdef\nand another line\n"), -EINVAL);
	snprintf(text, sizeof(text), "%0256d\n", 1);
	assert_int_equal(read_secret(secret, text), 0);
	snprintf(text, sizeof(text), "%0257d\n", 1);
	assert_int_equal(read_secret(secret, text), -EINVAL);
	assert_int_equal(turn_read_secret(secret, "/nowhere/at/all"), -ENOENT);
	assert_int_equal(strlen(secret), 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(a_credential_is_what_coturn_works_out),
		LEAVES_NOTHING(addresses_are_of_four_schemes_and_plain_characters),
		LEAVES_NOTHING(a_secret_is_one_line_of_some_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
