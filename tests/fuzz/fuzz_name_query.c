/*
 * Bytes up to the first 0 are what somebody typed, the next part a name, the next its written reading. Whatever they are, steps and
 * memory are bounded; a name is found by its own pinyin and initials, and sorted like itself.
 */
#include <string.h>

#include "attendance/name_query.h"
#include "media/base/mem.h"
#include "tests/fuzz/must.h"

static const char *const names[] = { "张伟", "单雄信", "欧阳长安", "John Smith", "第12支部", "吕a绿·略" };
static struct name_order *order;
static struct name_key *keys[ARRAY_LEN(names)];

static void open_once(void)
{
	if (order)
		return;
	MUST(name_order_open(&order) == 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		MUST(name_key_create(&keys[i], order, NAME_OF_PERSON, names[i], NULL) == 0);
}

/* A copy of its own size, so that a read behind its end is seen. */
static char *part(const uint8_t **data, size_t *size)
{
	size_t n = strnlen((const char *)*data, *size);
	char *text = mem_strndup((const char *)*data, n);

	n += n < *size;
	*data += n;
	*size -= n;
	return text;
}

static bool all_is_read(const struct name_key *key)
{
	for (unsigned i = 0; i < key->units; i++)
		if (key->unit[i].readings == 0)
			return false;
	return key->units > 0;
}

static void check_key(struct name_key *key)
{
	struct name_query query;

	MUST(key->units <= NAME_KEY_CHARACTERS && key->sort_bytes > 0 && name_key_compare(key, key) == 0);
	if (!all_is_read(key))
		return;
	if (name_query_parse(&query, key->pinyin) == 0)
		MUST(name_query_matches(&query, key));
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		MUST((name_key_compare(key, keys[i]) > 0) == (name_key_compare(keys[i], key) < 0));
}

static void check_name(const char *name, const char *reading, const char *typed)
{
	struct name_query query;
	struct name_key *key = NULL;

	if (name_key_create(&key, order, NAME_OF_PERSON, name, reading) < 0)
		return;
	check_key(key);
	if (name_query_parse(&query, typed) == 0)
		MUST(!name_query_matches(&query, key) || query.words <= key->units);
	name_key_destroy(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct name_query query = { 0 };
	char *typed, *name, *reading;

	open_once();
	typed = part(&data, &size);
	name = part(&data, &size);
	reading = part(&data, &size);
	if (typed && name_query_parse(&query, typed) == 0)
		for (size_t i = 0; i < ARRAY_LEN(names); i++)
			name_query_matches(&query, keys[i]);
	MUST(query.words <= NAME_QUERY_WORDS);
	if (typed && name && reading) {
		check_name(name, reading, typed);
		check_name(name, NULL, typed);
		check_name(typed, NULL, name);
	}
	mem_free(reading);
	mem_free(name);
	mem_free(typed);
	return 0;
}
