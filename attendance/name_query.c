/* See name_query.h. */
#include "attendance/name_query.h"

#include <errno.h>
#include <string.h>

#include "attendance/name_text.h"

/* Adds one character to the last word, or begins one. */
static int add(struct name_query *q, size_t *n, uint32_t c, bool *open)
{
	char letter = name_text_letter(c);

	if (*n == NAME_QUERY_CHARACTERS || (!*open && q->words == NAME_QUERY_WORDS))
		return -E2BIG;
	if (!*open)
		q->word[q->words++].at = (uint8_t)*n;
	*open = true;
	q->word[q->words - 1].n++;
	q->character[*n] = letter ? (uint32_t)(uint8_t)letter : c;
	q->signs |= name_signs(q->character[(*n)++]);
	return 0;
}

int name_query_parse(struct name_query *ret, const char *text)
{
	uint32_t folded[4 * NAME_QUERY_CHARACTERS];
	struct name_query q = { 0 };
	int n = name_text_fold(folded, ARRAY_LEN(folded), text);
	int r = n < 0 ? n : n == (int)ARRAY_LEN(folded) ? -E2BIG : 0;
	bool open = false;
	size_t length = 0;

	for (int i = 0; r == 0 && i < n; i++) {
		if (name_text_separates(folded[i]))
			open = false;
		else
			r = add(&q, &length, folded[i], &open);
	}
	if (r == 0)
		*ret = q;
	return r;
}

/* How a reading and what is left of a word agree: bits of how many characters it can take of it; bit `n` when it can take all. */
static uint64_t taken(const char *reading, const uint32_t *left, size_t n)
{
	uint64_t lengths = 0;
	size_t same = 0;

	while (same < n && reading[same] && (uint32_t)(uint8_t)reading[same] == left[same])
		same++;
	if (same == n || !reading[same])
		lengths |= 1ull << same;
	if (same >= 1)
		lengths |= 1ull << 1;
	if (same >= 2 && reading[1] == 'h')
		lengths |= 1ull << 2;
	return same ? lengths : 0;
}

/* All that one character of the name can take of what is left of a word: bits of lengths. */
static uint64_t unit_takes(const struct name_unit *u, const uint32_t *left, size_t n)
{
	uint64_t lengths = u->character == left[0] ? 1ull << 1 : 0;

	for (uint8_t i = 0; i < u->readings; i++)
		lengths |= taken(u->reading[i], left, n);
	return lengths;
}

/* The end of the first place at or after `from` where the word stands; 0: nowhere. Bits of `reached`: how much of it was taken so far. */
static size_t find(const uint32_t *word, size_t n, const struct name_key *key, size_t from)
{
	uint64_t reached = 0;

	for (size_t u = from; u < key->units; u++) {
		uint64_t next = 0;

		reached |= 1;
		while (reached) {
			size_t at = (size_t)__builtin_ctzll(reached);

			reached &= reached - 1;
			next |= unit_takes(&key->unit[u], word + at, n - at) << at;
		}
		if (next >> n & 1)
			return u + 1;
		reached = next;
	}
	return 0;
}

/* The words one behind the other, beginning with the `first`. The earliest end is the best for what follows. */
static bool in_order(const struct name_query *q, const struct name_key *key, size_t first)
{
	size_t at = 0;

	for (size_t i = 0; i < q->words; i++) {
		size_t w = (first + i) % q->words;

		at = find(q->character + q->word[w].at, q->word[w].n, key, at);
		if (at == 0)
			return false;
	}
	return true;
}

bool name_query_matches(const struct name_query *query, const struct name_key *key)
{
	if ((query->signs & ~key->signs) != 0 || query->words > key->units)
		return false;
	for (size_t first = 0; first < query->words; first++)
		if (in_order(query, key, first))
			return true;
	return query->words == 0;
}
