/* Resume tokens: who may take a seat back, and how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>

#include "media/base/mem.h"
#include "signaling/answered.h"
#include "signaling/resume.h"
#include "tests/unit/leaves_nothing.h"

static const uint8_t key[RESUME_KEY_BYTES] = { 1, 2, 3 };
static const uint8_t other_key[RESUME_KEY_BYTES] = { 1, 2, 4 };

static void a_token_is_read_back_by_its_key_only(void **state)
{
	struct resume_claim claim, read;
	char token[RESUME_TOKEN_BYTES];

	(void)state;
	randombytes_buf(&claim, sizeof(claim));
	resume_write(token, &claim, key);
	assert_int_equal(strlen(token), RESUME_TOKEN_BYTES - 1);
	assert_int_equal(resume_read(&read, token, key), 0);
	assert_memory_equal(&read, &claim, sizeof(claim));
	assert_int_not_equal(resume_read(&read, token, other_key), 0);
}

static void a_changed_token_is_none(void **state)
{
	struct resume_claim claim, read;
	char token[RESUME_TOKEN_BYTES + 4];

	(void)state;
	randombytes_buf(&claim, sizeof(claim));
	for (size_t i = 0; i < RESUME_TOKEN_BYTES - 1; i++) {
		resume_write(token, &claim, key);
		token[i] = token[i] == 'A' ? 'B' : 'A';
		assert_int_not_equal(resume_read(&read, token, key), 0);
	}
	resume_write(token, &claim, key);
	strcat(token, "A");
	assert_int_not_equal(resume_read(&read, token, key), 0);
	token[40] = 0;
	assert_int_not_equal(resume_read(&read, token, key), 0);
	assert_int_not_equal(resume_read(&read, "", key), 0);
	assert_int_not_equal(resume_read(&read, "\x01\x02", key), 0);
}

static void the_one_before_is_good_until_the_first_message(void **state)
{
	uint8_t first[RESUME_PART_BYTES], second[RESUME_PART_BYTES];
	struct resume r;

	(void)state;
	resume_init(&r);
	memcpy(first, r.current, sizeof(first));
	assert_true(resume_accepts(&r, first));
	resume_rotate(&r, first);
	memcpy(second, r.current, sizeof(second));
	assert_memory_not_equal(first, second, sizeof(first));
	assert_true(resume_accepts(&r, first)); /* the reply with the second may have been lost */
	assert_true(resume_accepts(&r, second));
	resume_confirm(&r);
	assert_false(resume_accepts(&r, first));
	assert_true(resume_accepts(&r, second));
}

static void coming_back_twice_by_the_old_one_keeps_it_and_drops_the_lost(void **state)
{
	uint8_t first[RESUME_PART_BYTES], lost[RESUME_PART_BYTES];
	struct resume r;

	(void)state;
	resume_init(&r);
	memcpy(first, r.current, sizeof(first));
	resume_rotate(&r, first);
	memcpy(lost, r.current, sizeof(lost));
	resume_rotate(&r, first);
	assert_true(resume_accepts(&r, first));
	assert_false(resume_accepts(&r, lost));
}

static void an_empty_nonce_opens_nothing(void **state)
{
	uint8_t nothing[RESUME_PART_BYTES] = { 0 };
	struct resume r;

	(void)state;
	resume_init(&r);
	assert_false(resume_accepts(&r, nothing));
	resume_confirm(&r);
	assert_false(resume_accepts(&r, nothing));
}

static void a_place_is_a_room_in_one_of_its_epochs(void **state)
{
	uint8_t a[RESUME_PART_BYTES], b[RESUME_PART_BYTES];

	(void)state;
	resume_place(a, "room", "1");
	resume_place(b, "room", "1");
	assert_memory_equal(a, b, sizeof(a));
	resume_place(b, "room", "2");
	assert_memory_not_equal(a, b, sizeof(a));
	resume_place(b, "room1", "");
	assert_memory_not_equal(a, b, sizeof(a));
}

static struct text *text(const char *s)
{
	return text_new(s, strlen(s));
}

static void a_repeated_request_is_answered_from_memory(void **state)
{
	static struct answered a;
	struct text *reply = text("done"), *found = NULL;

	(void)state;
	assert_int_equal(answered_find(&a, 7, &found), ANSWERED_NEW);
	answered_keep(&a, 7, reply, false);
	assert_int_equal(answered_find(&a, 7, &found), ANSWERED_READY);
	assert_ptr_equal(found, reply);
	assert_int_equal(a.highest, 7);
	text_unref(reply);
	answered_done(&a);
}

static void a_held_reply_is_given_once_it_is_on_disk(void **state)
{
	static struct answered a;
	struct text *reply = text("done"), *found = NULL;

	(void)state;
	answered_keep(&a, 7, reply, true);
	assert_int_equal(answered_find(&a, 7, &found), ANSWERED_WAITING);
	assert_ptr_equal(answered_release(&a, 7, NULL), reply);
	assert_null(answered_release(&a, 7, NULL));
	answered_keep(&a, 8, reply, true);
	assert_string_equal(answered_release(&a, 8, text("not recorded"))->data, "not recorded");
	assert_int_equal(answered_find(&a, 8, &found), ANSWERED_READY);
	text_unref(reply);
	answered_done(&a);
}

static void memory_of_replies_is_bounded(void **state)
{
	static struct answered a;
	struct text *reply = text("done"), *big = text_new(NULL, ANSWERED_TEXT_MAX + 1), *found = NULL;

	(void)state;
	for (int id = 1; id <= ANSWERED_MAX + 1; id++)
		answered_keep(&a, id, reply, false);
	assert_int_equal(answered_find(&a, 1, &found), ANSWERED_NEW);
	assert_int_equal(answered_find(&a, 2, &found), ANSWERED_READY);
	answered_keep(&a, 1000, big, false);
	assert_int_equal(answered_find(&a, 1000, &found), ANSWERED_NEW);
	assert_int_equal(a.highest, 1000);
	text_unref(big);
	text_unref(reply);
	answered_done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(a_token_is_read_back_by_its_key_only),
		LEAVES_NOTHING(a_changed_token_is_none),
		LEAVES_NOTHING(the_one_before_is_good_until_the_first_message),
		LEAVES_NOTHING(coming_back_twice_by_the_old_one_keeps_it_and_drops_the_lost),
		LEAVES_NOTHING(an_empty_nonce_opens_nothing),
		LEAVES_NOTHING(a_place_is_a_room_in_one_of_its_epochs),
		LEAVES_NOTHING(a_repeated_request_is_answered_from_memory),
		LEAVES_NOTHING(a_held_reply_is_given_once_it_is_on_disk),
		LEAVES_NOTHING(memory_of_replies_is_bounded),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
