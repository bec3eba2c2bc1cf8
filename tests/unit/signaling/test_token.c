/* Bearer tokens: what opens a room, and what does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <jwt.h>

#include "media/base/mem.h"
#include "signaling/limiter.h"
#include "signaling/token.h"
#include "tests/unit/leaves_nothing.h"

#define NOW_S 1000000

static const uint8_t key[TOKEN_KEY_BYTES] = { 9, 8, 7 };

static struct token sample(void)
{
	return (struct token){ .room = "demo", .role = "presenter", .seat = "studio-1", .id = "ab12", .epoch = "83e1", .expires_s = NOW_S + 60 };
}

static void a_token_says_what_was_written(void **state)
{
	struct token t = sample(), read;
	char text[TOKEN_MAX_BYTES];

	(void)state;
	assert_int_equal(token_write(text, &t, key), 0);
	assert_int_equal(token_read(&read, text, key, NOW_S), 0);
	assert_string_equal(read.room, "demo");
	assert_string_equal(read.role, "presenter");
	assert_string_equal(read.seat, "studio-1");
	assert_string_equal(read.id, "ab12");
	assert_string_equal(read.epoch, "83e1");
	assert_int_equal(read.expires_s, NOW_S + 60);
}

static void an_expired_token_is_told_from_a_false_one(void **state)
{
	struct token t = sample(), read;
	char text[TOKEN_MAX_BYTES];
	uint8_t other[TOKEN_KEY_BYTES] = { 1 };

	(void)state;
	token_write(text, &t, key);
	assert_int_equal(token_read(&read, text, key, NOW_S + 59), 0);
	assert_int_equal(token_read(&read, text, key, NOW_S + 60), -EKEYEXPIRED);
	assert_int_equal(token_read(&read, text, other, NOW_S), -EINVAL);
}

static void a_changed_token_is_refused(void **state)
{
	struct token t = sample(), read;
	char text[TOKEN_MAX_BYTES];
	size_t len;

	(void)state;
	token_write(text, &t, key);
	len = strlen(text);
	for (size_t i = 0; i + 1 < len; i++) { /* the last character has unused bits */
		char was = text[i];

		text[i] = was == 'A' ? 'B' : 'A';
		assert_int_not_equal(token_read(&read, text, key, NOW_S), 0);
		text[i] = was;
	}
	assert_int_not_equal(token_read(&read, "", key, NOW_S), 0);
	assert_int_not_equal(token_read(&read, "a.b", key, NOW_S), 0);
	assert_int_not_equal(token_read(&read, "...", key, NOW_S), 0);
}

static char *forge(jwt_alg_t alg, const char *role)
{
	jwt_t *jwt;
	char *text;

	assert_int_equal(jwt_new(&jwt), 0);
	jwt_add_grant(jwt, "iss", "huitang");
	jwt_add_grant(jwt, "room", "demo");
	jwt_add_grant(jwt, "role", role);
	jwt_add_grant(jwt, "epoch", "83e1");
	jwt_add_grant_int(jwt, "exp", NOW_S + 60);
	jwt_set_alg(jwt, alg, alg == JWT_ALG_NONE ? NULL : key, alg == JWT_ALG_NONE ? 0 : sizeof(key));
	text = jwt_encode_str(jwt);
	jwt_free(jwt);
	return text;
}

static void only_hs256_is_taken(void **state)
{
	static const jwt_alg_t algorithms[] = { JWT_ALG_NONE, JWT_ALG_HS384, JWT_ALG_HS512 };
	struct token read;
	char *text = forge(JWT_ALG_HS256, "host");

	(void)state;
	assert_int_equal(token_read(&read, text, key, NOW_S), 0);
	free(text);
	for (size_t i = 0; i < 3; i++) {
		text = forge(algorithms[i], "host");
		assert_int_equal(token_read(&read, text, key, NOW_S), -EINVAL);
		free(text);
	}
	text = forge(JWT_ALG_HS256, "emperor");
	assert_int_equal(token_read(&read, text, key, NOW_S), -EINVAL);
	free(text);
}

static void names_of_seats_are_plain(void **state)
{
	(void)state;
	assert_true(token_seat_name_ok("studio_1.a-B"));
	assert_false(token_seat_name_ok(""));
	assert_false(token_seat_name_ok("a b"));
	assert_false(token_seat_name_ok("a/b"));
	assert_false(token_seat_name_ok("\xe4\xb8\xad"));
	assert_true(token_seat_name_ok("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	assert_false(token_seat_name_ok("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void a_bucket_gives_its_burst_and_then_by_time(void **state)
{
	struct bucket b = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(bucket_spend(&b, 1000000, 100, 3), 0);
	assert_int_equal(bucket_spend(&b, 1000000, 100, 3), 100);
	assert_int_equal(bucket_spend(&b, 1000060, 100, 3), 40);
	assert_int_equal(bucket_spend(&b, 1000100, 100, 3), 0);
	assert_int_equal(bucket_spend(&b, 9000000, 100, 3), 0);
	assert_int_equal(bucket_spend(&b, 9000000, 100, 3), 0);
	assert_int_equal(bucket_spend(&b, 9000000, 100, 3), 0);
	assert_true(bucket_spend(&b, 9000000, 100, 3) > 0);
}

static void one_address_does_not_spend_for_another(void **state)
{
	struct limiter *l;

	(void)state;
	assert_int_equal(limiter_create(&l, 1000, 1, 2), 0);
	assert_int_equal(limiter_spend(l, "a", 5000), 0);
	assert_true(limiter_spend(l, "a", 5000) > 0);
	assert_int_equal(limiter_spend(l, "b", 5000), 0);
	assert_int_equal(limiter_spend(l, "c", 5000), 0);       /* shares the common bucket, */
	assert_true(limiter_spend(l, "d", 5000) > 0);           /* as does this */
	assert_int_equal(limiter_spend(l, "d", 7000), 0);
	limiter_destroy(l);
}

static void what_is_charged_waits_and_what_is_returned_is_free(void **state)
{
	struct limiter *l;

	(void)state;
	assert_int_equal(limiter_create(&l, 1000, 2, 10), 0);
	for (unsigned i = 0; i < 5; i++)
		limiter_charge(l, "a", 5000);
	assert_int_equal(limiter_wait(l, "a", 5000), 4000);     /* three more than there were, and the next one */
	assert_int_equal(limiter_spend(l, "b", 5000), 0);
	assert_int_equal(limiter_spend(l, "b", 5000), 0);
	assert_int_equal(limiter_spend(l, "b", 5000), 1000);
	limiter_return(l, "b");
	assert_int_equal(limiter_spend(l, "b", 5000), 0);
	limiter_return(l, "nobody");
	limiter_destroy(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(a_token_says_what_was_written),
		LEAVES_NOTHING(an_expired_token_is_told_from_a_false_one),
		LEAVES_NOTHING(a_changed_token_is_refused),
		LEAVES_NOTHING(only_hs256_is_taken),
		LEAVES_NOTHING(names_of_seats_are_plain),
		LEAVES_NOTHING(a_bucket_gives_its_burst_and_then_by_time),
		LEAVES_NOTHING(one_address_does_not_spend_for_another),
		LEAVES_NOTHING(what_is_charged_waits_and_what_is_returned_is_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
