/* Card numbers and the file of their key. Numbers here are made up; their check characters were computed by another program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attendance/card.h"
#include "tests/unit/leaves_nothing.h"

static char dir[] = "/tmp/huitang-card-XXXXXX", err[CARD_KEY_ERROR_BYTES];

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s %s.card-key", dir, dir);
	return system(command);
}

static const char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_file(const char *path, const void *data, size_t bytes, mode_t mode)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, data, bytes), bytes);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void check(const char *text, enum card_fault fault, const char *expected)
{
	struct card card = { .text = "untouched" };

	if (card_parse(&card, text) != fault || strcmp(card.text, expected) != 0)
		fail_msg("%s: %s, %s", text, card_fault_code(card_parse(&card, text)), card.text);
	if (fault == CARD_RIGHT && card.resident != (strlen(expected) == 18))
		fail_msg("%s: resident %d", text, card.resident);
}

static void numbers_are_normalised(void **state)
{
	(void)state;
	check("11010519491231002X", CARD_RIGHT, "11010519491231002X");
	check(" 110105 19491231 002x\t", CARD_RIGHT, "11010519491231002X");
	check("１１０１０５１９４９１２３１００２Ｘ", CARD_RIGHT, "11010519491231002X");
	check("440524-18800101-0014", CARD_RIGHT, "440524188001010014");
	check("990101200002290011", CARD_RIGHT, "990101200002290011");
	check("e12345678", CARD_RIGHT, "E12345678");
	check("1234", CARD_RIGHT, "1234");
	check("桂南字第0012号", CARD_RIGHT, "桂南字第0012号");
	check("110105491231002", CARD_RIGHT, "110105491231002");
	check("12345678901234567890123456789012", CARD_RIGHT, "12345678901234567890123456789012");
	check("1E10", CARD_RIGHT, "1E10");
}

static void what_is_wrong_is_told(void **state)
{
	(void)state;
	check("", CARD_EMPTY, "untouched");
	check("  -\n", CARD_EMPTY, "untouched");
	check("123", CARD_SHORT, "untouched");
	check("123456789012345678901234567890123", CARD_LONG, "untouched");
	check("12\x01""34", CARD_CHARACTERS, "untouched");
	check("12\xff""34", CARD_CHARACTERS, "untouched");
	check("110105194912310021", CARD_CHECK, "untouched");
	check("110105194912310020", CARD_CHECK, "untouched");
	check("990001198502300014", CARD_DATE, "untouched");
	check("990101190002290015", CARD_DATE, "untouched");
	check("990101199913010011", CARD_DATE, "untouched");
	check("1.10105E+17", CARD_ROUNDED, "untouched");
	check("1E+17", CARD_ROUNDED, "untouched");
	check("110105194912310000.0", CARD_ROUNDED, "untouched");
}

/* The check finds every wrong digit and every two neighbours that changed places. */
static void each_slip_of_one_digit_is_found(void **state)
{
	static const char right[] = "440524188001010014";
	char text[sizeof(right)];
	struct card card;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(right); i++)
		for (char c = '0'; c <= '9'; c++) {
			strcpy(text, right);
			text[i] = c;
			assert_int_equal(card_parse(&card, text) == CARD_RIGHT, c == right[i]);
		}
	for (size_t i = 0; i + 2 < sizeof(right); i++) {
		strcpy(text, right);
		text[i] = right[i + 1];
		text[i + 1] = right[i];
		assert_int_equal(card_parse(&card, text) == CARD_RIGHT, right[i] == right[i + 1]);
	}
}

static void faults_have_words_without_numbers(void **state)
{
	(void)state;
	for (unsigned f = CARD_RIGHT + 1; f < CARD_FAULTS; f++) {
		assert_int_equal(strncmp(card_fault_code(f), "card.", 5), 0);
		assert_true(*card_fault_zh(f) && *card_fault_en(f));
	}
	assert_string_equal(card_fault_code(CARD_FAULTS), "");
}

static void a_seal_is_the_hash_and_two_characters(void **state)
{
	/* HMAC-SHA-256 of 11010519491231002X with the key 00 01 … 1f; BLAKE2b-256 of the key begins cb2f5160. */
	static const uint8_t expected[] = { 0xa6, 0x67, 0x55, 0x45, 0x3b, 0x10, 0x6d, 0xce, 0xa0, 0xcf, 0xa2, 0x64, 0x21, 0x4a, 0xe5, 0x9f,
	                                    0xf1, 0xe8, 0xb0, 0x67, 0xf3, 0xe5, 0xf3, 0xaa, 0x80, 0x85, 0xe1, 0xd8, 0x75, 0x78, 0x80, 0xeb };
	uint8_t bytes[CARD_KEY_BYTES];
	struct card_key *key = NULL;
	struct card_seal seal;
	struct card card;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	write_file(in_dir("known"), bytes, sizeof(bytes), 0400);
	assert_int_equal(card_key_open(&key, in_dir("known"), "/nowhere", false, err), 0);
	assert_int_equal(card_parse(&card, "11010519491231002x"), CARD_RIGHT);
	card_seal(&seal, key, &card);
	assert_memory_equal(seal.hash, expected, sizeof(expected));
	assert_string_equal(seal.key_id, "cb2f5160");
	assert_string_equal(seal.tail, "2X");
	assert_int_equal(card_parse(&card, "桂南字第0012号"), CARD_RIGHT);
	card_seal(&seal, key, &card);
	assert_string_equal(seal.tail, "2号");
	assert_memory_not_equal(seal.hash, expected, sizeof(expected));
	card_wipe(&card);
	assert_string_equal(card.text, "");
	card_key_close(key);
}

static void the_key_is_made_once_beside_the_folder(void **state)
{
	struct card_key *key = NULL, *again = NULL;
	char path[128], with_slash[64];
	struct stat st;

	(void)state;
	snprintf(with_slash, sizeof(with_slash), "%s/", dir);
	assert_int_equal(card_key_path(path, sizeof(path), with_slash), 0);
	assert_int_equal(strncmp(path, dir, strlen(dir)), 0);
	assert_string_equal(path + strlen(dir), ".card-key");
	assert_int_equal(card_key_open(&key, path, dir, false, err), -ENOENT);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(card_key_open(&key, path, dir, true, err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0400);
	assert_int_equal(st.st_size, CARD_KEY_BYTES);
	assert_int_equal(card_key_open(&again, path, dir, true, err), 0);
	assert_memory_equal(card_key_bytes(key), card_key_bytes(again), CARD_KEY_BYTES);
	assert_string_equal(card_key_id(key), card_key_id(again));
	card_key_close(again);
	card_key_close(key);
	assert_int_equal(card_key_path(path, 10, dir), -ENAMETOOLONG);
	assert_int_equal(card_key_path(path, sizeof(path), "/"), -EINVAL);
	assert_int_equal(card_key_path(path, sizeof(path), "/nowhere/at/all"), -ENOENT);
}

static void a_key_that_lies_open_is_refused(void **state)
{
	static const mode_t open_modes[] = { 0440, 0404, 0640, 0600 | 0020, 0402, 0410 };
	uint8_t bytes[CARD_KEY_BYTES] = { 0 };
	struct card_key *key = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(open_modes); i++) {
		write_file(in_dir("open"), bytes, sizeof(bytes), open_modes[i]);
		assert_int_equal(card_key_open(&key, in_dir("open"), "/nowhere", true, err), -EPERM);
		assert_non_null(strstr(err, "chmod 400"));
	}
	write_file(in_dir("open"), bytes, sizeof(bytes), 0600);
	assert_int_equal(card_key_open(&key, in_dir("open"), "/nowhere", true, err), 0);
	key = card_key_close(key);
}

static void what_is_no_key_is_refused_and_kept(void **state)
{
	uint8_t bytes[CARD_KEY_BYTES + 1] = { 0 };
	struct card_key *key = NULL;
	struct stat st;

	(void)state;
	write_file(in_dir("short"), bytes, CARD_KEY_BYTES - 1, 0400);
	assert_int_equal(card_key_open(&key, in_dir("short"), "/nowhere", true, err), -EBADMSG);
	write_file(in_dir("long"), bytes, CARD_KEY_BYTES + 1, 0400);
	assert_int_equal(card_key_open(&key, in_dir("long"), "/nowhere", true, err), -EBADMSG);
	assert_int_equal(stat(in_dir("long"), &st), 0);
	assert_int_equal(st.st_size, CARD_KEY_BYTES + 1);
	assert_int_equal(mkdir(in_dir("folder"), 0700), 0);
	assert_int_equal(card_key_open(&key, in_dir("folder"), "/nowhere", true, err), -EBADMSG);
	assert_int_equal(mkfifo(in_dir("fifo"), 0400), 0);
	assert_int_equal(card_key_open(&key, in_dir("fifo"), "/nowhere", true, err), -EBADMSG);
	assert_int_equal(symlink("short", in_dir("link")), 0);
	assert_int_equal(card_key_open(&key, in_dir("link"), "/nowhere", true, err), -ELOOP);
	assert_int_equal(card_key_open(&key, in_dir("none/key"), "/nowhere", true, err), -ENOENT);
	assert_null(key);
}

static void a_key_inside_the_data_folder_is_refused(void **state)
{
	struct card_key *key = NULL;
	char path[160];

	(void)state;
	assert_int_equal(card_key_open(&key, in_dir("inside"), dir, true, err), -EXDEV);
	assert_int_equal(mkdir(in_dir("deep"), 0700), 0);
	snprintf(path, sizeof(path), "%s/deep/../deep/key", dir);
	assert_int_equal(card_key_open(&key, path, dir, true, err), -EXDEV);
	assert_int_not_equal(access(in_dir("inside"), F_OK), 0);
	snprintf(path, sizeof(path), "%s/deep", dir);
	assert_int_equal(card_key_open(&key, in_dir("deeper"), path, true, err), 0);
	card_key_close(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(numbers_are_normalised),
		LEAVES_NOTHING(what_is_wrong_is_told),
		LEAVES_NOTHING(each_slip_of_one_digit_is_found),
		LEAVES_NOTHING(faults_have_words_without_numbers),
		LEAVES_NOTHING(a_seal_is_the_hash_and_two_characters),
		LEAVES_NOTHING(the_key_is_made_once_beside_the_folder),
		LEAVES_NOTHING(a_key_that_lies_open_is_refused),
		LEAVES_NOTHING(what_is_no_key_is_refused_and_kept),
		LEAVES_NOTHING(a_key_inside_the_data_folder_is_refused),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
