/* See problem.h. */
#include "attendance/table/problem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "media/base/utf8.h"

#define PLACE_BYTES 48

static const struct {
	const char *code, *sentences[2];
} faults[TABLE_FAULT_COUNT] = {
	[TABLE_SOUND] = { "", { "", "" } },
#define X(name, code, en, zh) [TABLE_##name] = { code, { en, zh } },
	TABLE_FAULTS(X)
#undef X
};

int table_problem_set(struct table_problem *ret, enum table_fault fault, uint32_t row, uint32_t column, const char *text)
{
	*ret = (struct table_problem){ .fault = fault, .row = row, .column = column };
	utf8_copy(ret->text, sizeof(ret->text), text ? text : "");
	return -EBADMSG;
}

void table_problems_add(struct table_problems *list, const struct table_problem *p)
{
	if (list->n < PROBLEMS_MAX)
		list->all[list->n++] = *p;
	list->total++;
}

const char *table_fault_code(enum table_fault fault)
{
	return (size_t)fault < ARRAY_LEN(faults) ? faults[fault].code : "";
}

/* 1 is A, 27 is AA. */
static void write_letters(char ret[8], uint32_t column)
{
	char back[8];
	size_t n = 0;

	for (; column > 0 && n < sizeof(back) - 1; column = (column - 1) / 26)
		back[n++] = (char)('A' + (column - 1) % 26);
	for (size_t i = 0; i < n; i++)
		ret[i] = back[n - 1 - i];
	ret[n] = 0;
}

static void write_place(char *ret, size_t size, uint32_t row, uint32_t column)
{
	char letters[8];

	write_letters(letters, column);
	if (row)
		snprintf(ret, size, "%s%" PRIu32, letters, row);
	else
		snprintf(ret, size, "%s", letters);
}

void table_problem_place(char *ret, size_t size, const struct table_problem *p)
{
	char first[24], last[24];

	write_place(first, sizeof(first), p->row, p->column);
	write_place(last, sizeof(last), p->last_row, p->last_column);
	snprintf(ret, size, "%s%s%s", first, last[0] ? ":" : "", last);
}

/* The value of the placeholder at the start of `at`, and behind it in *ret_rest; NULL when there is none. */
static const char *placeholder(const char *at, const char **ret_rest, const struct table_problem *p, char scratch[PLACE_BYTES])
{
	static const char *const names[] = { "{at}", "{row}", "{text}" };
	size_t i = 0;

	while (i < ARRAY_LEN(names) && strncmp(at, names[i], strlen(names[i])) != 0)
		i++;
	if (i == ARRAY_LEN(names))
		return NULL;
	*ret_rest = at + strlen(names[i]);
	if (i == 2)
		return p->text;
	if (i == 0)
		table_problem_place(scratch, PLACE_BYTES, p);
	else
		snprintf(scratch, PLACE_BYTES, "%" PRIu32, p->row);
	return scratch;
}

void table_problem_say(char ret[PROBLEM_SENTENCE_BYTES], const struct table_problem *p, enum table_language language)
{
	const char *rest = (size_t)p->fault < ARRAY_LEN(faults) ? faults[p->fault].sentences[language == TABLE_CHINESE] : "";
	char whole[2 * PROBLEM_SENTENCE_BYTES], scratch[PLACE_BYTES];
	size_t n = 0;

	while (*rest && n < sizeof(whole) - 1) {
		const char *value = placeholder(rest, &rest, p, scratch);

		if (value)
			n += (size_t)snprintf(whole + n, sizeof(whole) - n, "%s", value);
		else
			whole[n++] = *rest++;
		n = MIN(n, sizeof(whole) - 1);
	}
	whole[n] = 0;
	utf8_copy(ret, PROBLEM_SENTENCE_BYTES, whole);
}
