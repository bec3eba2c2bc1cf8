/* The chain of journal rows: a changed, missing or foreign row shows; erasing a payload does not break it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "attendance/chain.h"
#include "media/base/macros.h"

#define ROWS 5

struct chain {
	struct chain_stored rows[ROWS];
	char payloads[ROWS][32];
};

static void make_chain(struct chain *c)
{
	memset(c, 0, sizeof(*c));
	for (int i = 0; i < ROWS; i++) {
		struct chain_stored *s = &c->rows[i];

		s->payload_len = (size_t)snprintf(c->payloads[i], sizeof(c->payloads[i]), "{\"text\":\"%d\"}", i);
		s->payload = c->payloads[i];
		randombytes_buf(s->key, sizeof(s->key));
		s->row = (struct chain_row){
			.sequence = i + 1, .kind = 30, .wall_us = 1000 + i, .boot_us = 10 + i,
			.boot_id = "boot", .room = "room", .seat = "seat", .actor = "",
		};
		if (i > 0)
			memcpy(s->row.previous, c->rows[i - 1].hash, CHAIN_HASH_BYTES);
		chain_commit(s->row.commitment, s->key, s->payload, s->payload_len);
		chain_hash(s->hash, &s->row);
	}
}

/* The fault and the number of good rows before it. */
static enum chain_fault check(const struct chain *c, int64_t *ret_good, uint64_t *ret_erased)
{
	struct chain_check k = { 0 };
	enum chain_fault fault = CHAIN_OK;

	for (int i = 0; i < ROWS && fault == CHAIN_OK; i++)
		fault = chain_check_row(&k, &c->rows[i]);
	*ret_good = k.sequence;
	*ret_erased = k.erased;
	return fault;
}

static void a_good_chain_is_good(void **state)
{
	struct chain c;
	int64_t good;
	uint64_t erased;

	(void)state;
	make_chain(&c);
	assert_int_equal(check(&c, &good, &erased), CHAIN_OK);
	assert_int_equal(good, ROWS);
	assert_int_equal(erased, 0);
}

static void change_nothing(struct chain_stored *s)
{
	(void)s;
}

static void change_sequence(struct chain_stored *s) { s->row.sequence++; }
static void change_kind(struct chain_stored *s) { s->row.kind++; }
static void change_wall(struct chain_stored *s) { s->row.wall_us++; }
static void change_boot(struct chain_stored *s) { s->row.boot_us--; }
static void change_boot_id(struct chain_stored *s) { s->row.boot_id = "other"; }
static void change_room(struct chain_stored *s) { s->row.room = "room2"; }
static void change_seat(struct chain_stored *s) { s->row.seat = ""; }
static void change_actor(struct chain_stored *s) { s->row.actor = "x"; }
static void change_commitment(struct chain_stored *s) { s->row.commitment[31] ^= 1; }
static void change_previous(struct chain_stored *s) { s->row.previous[0] ^= 1; }
static void change_hash(struct chain_stored *s) { s->hash[5] ^= 0x80; }
static void change_payload(struct chain_stored *s) { ((char *)s->payload)[9] = 'x'; }
static void change_key(struct chain_stored *s) { s->key[0] ^= 1; }
static void move_text(struct chain_stored *s) { s->row.room = "roomseat"; s->row.seat = ""; }

static void each_change_shows(void **state)
{
	static const struct {
		void (*change)(struct chain_stored *s);
		enum chain_fault fault;
	} cases[] = {
		{ change_nothing, CHAIN_OK },
		{ change_sequence, CHAIN_SEQUENCE },
		{ change_kind, CHAIN_HASH },
		{ change_wall, CHAIN_HASH },
		{ change_boot, CHAIN_HASH },
		{ change_boot_id, CHAIN_HASH },
		{ change_room, CHAIN_HASH },
		{ change_seat, CHAIN_HASH },
		{ change_actor, CHAIN_HASH },
		{ move_text, CHAIN_HASH },
		{ change_commitment, CHAIN_HASH },
		{ change_previous, CHAIN_PREVIOUS },
		{ change_hash, CHAIN_HASH },
		{ change_payload, CHAIN_PAYLOAD },
		{ change_key, CHAIN_PAYLOAD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct chain c;
		int64_t good;
		uint64_t erased;

		make_chain(&c);
		cases[i].change(&c.rows[2]);
		assert_int_equal(check(&c, &good, &erased), cases[i].fault);
		assert_int_equal(good, cases[i].fault == CHAIN_OK ? ROWS : 2);
	}
}

/* Whoever rewrites a row with its hash must rewrite all that follow. */
static void a_rewritten_row_breaks_the_next(void **state)
{
	struct chain c;
	int64_t good;
	uint64_t erased;

	(void)state;
	make_chain(&c);
	c.rows[1].row.wall_us = 1;
	chain_hash(c.rows[1].hash, &c.rows[1].row);
	assert_int_equal(check(&c, &good, &erased), CHAIN_PREVIOUS);
	assert_int_equal(good, 2);
}

static void erasing_is_no_fault(void **state)
{
	struct chain c;
	int64_t good;
	uint64_t erased;

	(void)state;
	make_chain(&c);
	c.rows[0].payload = NULL;
	c.rows[3].payload = NULL;
	memset(c.rows[3].key, 0, CHAIN_KEY_BYTES);
	assert_int_equal(check(&c, &good, &erased), CHAIN_OK);
	assert_int_equal(erased, 2);
}

/* The bytes that are hashed are documented: a change of them is a change of format. */
static void the_format_stands(void **state)
{
	struct chain_row row = {
		.sequence = 1, .kind = 20, .wall_us = 1700000000000000, .boot_us = 5000000,
		.boot_id = "8f0b1c52-3a63-4a39-9a55-0d7a0f5d4c11", .room = "demo-class", .seat = "00112233445566ff", .actor = "",
	};
	uint8_t key[CHAIN_KEY_BYTES] = { 1, 2, 3 }, hash[CHAIN_HASH_BYTES];
	char hex[2 * CHAIN_HASH_BYTES + 1];

	(void)state;
	chain_commit(row.commitment, key, "{}", 2);
	chain_hash(hash, &row);
	assert_string_equal(sodium_bin2hex(hex, sizeof(hex), row.commitment, CHAIN_HASH_BYTES), "d4a8d7dd9ddc8dfb6c8bad03f8194967f3be3900650c36b017da3c64c048706b");
	assert_string_equal(sodium_bin2hex(hex, sizeof(hex), hash, CHAIN_HASH_BYTES), "9183f4e8be2c597a2d6e727ba09a0b731217f4f053f6471dd7b9be8e7c7226a1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_chain_is_good),
		cmocka_unit_test(each_change_shows),
		cmocka_unit_test(a_rewritten_row_breaks_the_next),
		cmocka_unit_test(erasing_is_no_fault),
		cmocka_unit_test(the_format_stands),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
