/* See frame.h. */
#include "attendance/table/frame.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/base/mem.h"
#include "media/base/utf8.h"

#define MAGIC 0x48545431U       /* "HTT1" */

/* ---- writing: the same walk counts and writes ---- */

struct output {
	uint8_t *bytes;                 /* NULL: only count */
	size_t len;
};

static void put_u8(struct output *o, uint8_t v)
{
	if (o->bytes)
		o->bytes[o->len] = v;
	o->len++;
}

static void put_u16(struct output *o, size_t v)
{
	assert(v <= UINT16_MAX);
	if (o->bytes)
		write_u16(o->bytes + o->len, (uint16_t)v);
	o->len += 2;
}

static void put_u32(struct output *o, size_t v)
{
	assert(v <= UINT32_MAX);
	if (o->bytes)
		write_u32(o->bytes + o->len, (uint32_t)v);
	o->len += 4;
}

static void put_text(struct output *o, const char *text, size_t len)
{
	put_u16(o, len);
	if (o->bytes)
		memcpy(o->bytes + o->len, text, len);
	o->len += len;
}

static size_t count_cells(const struct table *t, size_t row)
{
	uint32_t columns = table_row_columns(t, row);
	size_t n = 0;

	for (uint32_t column = 1; column <= columns; column++) {
		struct table_cell c = table_cell(t, row, column);

		n += c.len > 0 || c.notes;
	}
	return n;
}

static void put_row(struct output *o, const struct table *t, size_t row)
{
	uint32_t columns = table_row_columns(t, row);

	put_u32(o, table_row_number(t, row));
	put_u16(o, count_cells(t, row));
	for (uint32_t column = 1; column <= columns; column++) {
		struct table_cell c = table_cell(t, row, column);

		if (c.len == 0 && !c.notes)
			continue;
		put_u16(o, column);
		put_u8(o, (uint8_t)c.notes);
		put_text(o, c.text, c.len);
	}
}

static void put_table(struct output *o, const void *body)
{
	const struct table *t = body;
	size_t n_sheets, n_merges;
	const char *const *sheets = table_sheets(t, &n_sheets);
	const struct table_range *merges = table_merges(t, &n_merges);

	put_u8(o, 0);
	put_u16(o, n_sheets);
	for (size_t i = 0; i < n_sheets; i++)
		put_text(o, sheets[i], strlen(sheets[i]));
	put_u16(o, n_merges);
	for (size_t i = 0; i < n_merges; i++) {
		put_u32(o, merges[i].row);
		put_u32(o, merges[i].column);
		put_u32(o, merges[i].last_row);
		put_u32(o, merges[i].last_column);
	}
	put_u32(o, table_rows(t));
	for (size_t i = 0; i < table_rows(t); i++)
		put_row(o, t, i);
}

static void put_problem(struct output *o, const void *body)
{
	const struct table_problem *p = body;

	put_u8(o, 1);
	put_u16(o, (size_t)p->fault);
	put_u32(o, p->row);
	put_u32(o, p->column);
	put_u32(o, p->last_row);
	put_u32(o, p->last_column);
	put_text(o, p->text, strlen(p->text));
}

static int write_frame(uint8_t **ret_bytes, size_t *ret_len, void (*put_body)(struct output *, const void *), const void *body)
{
	struct output o = { .len = FRAME_HEAD_BYTES };
	size_t len;

	put_body(&o, body);
	len = o.len;
	o = (struct output){ .bytes = mem_zalloc(len) };
	if (!o.bytes)
		return -ENOMEM;
	put_u32(&o, MAGIC);
	put_u32(&o, len - FRAME_HEAD_BYTES);
	put_body(&o, body);
	*ret_bytes = o.bytes;
	*ret_len = len;
	return 0;
}

int frame_write_table(uint8_t **ret_bytes, size_t *ret_len, const struct table *t)
{
	return write_frame(ret_bytes, ret_len, put_table, t);
}

int frame_write_problem(uint8_t **ret_bytes, size_t *ret_len, const struct table_problem *p)
{
	return write_frame(ret_bytes, ret_len, put_problem, p);
}

/* ---- reading ---- */

struct input {
	const uint8_t *at, *end;
	bool wrong;                     /* asked for more than there is: zeros came */
};

static const uint8_t *take(struct input *in, size_t len)
{
	const uint8_t *at = in->at;

	if ((size_t)(in->end - in->at) < len) {
		in->wrong = true;
		return NULL;
	}
	in->at += len;
	return at;
}

static uint8_t take_u8(struct input *in)
{
	const uint8_t *p = take(in, 1);

	return p ? *p : 0;
}

static uint16_t take_u16(struct input *in)
{
	const uint8_t *p = take(in, 2);

	return p ? read_u16(p) : 0;
}

static uint32_t take_u32(struct input *in)
{
	const uint8_t *p = take(in, 4);

	return p ? read_u32(p) : 0;
}

static const char *take_text(struct input *in, size_t *ret_len)
{
	size_t len = take_u16(in);
	const char *text = (const char *)take(in, len);

	if (!text || utf8_valid_bytes(text, len) < len || memchr(text, 0, len)) {
		in->wrong = true;
		len = 0;
	}
	*ret_len = len;
	return len > 0 ? text : "";
}

static int not_a_frame(struct table_problem *err)
{
	return table_problem_set(err, TABLE_READER_FAILED, 0, 0, NULL);
}

static int take_problem(struct input *in, struct table_problem *err)
{
	unsigned fault = take_u16(in);
	uint32_t row = take_u32(in), column = take_u32(in), last_row = take_u32(in), last_column = take_u32(in);
	char text[PROBLEM_TEXT_BYTES] = { 0 };
	size_t len;
	const char *taken = take_text(in, &len);

	if (in->wrong || in->at != in->end || fault == TABLE_SOUND || fault >= TABLE_FAULT_COUNT || len >= sizeof(text))
		return not_a_frame(err);
	memcpy(text, taken, len);
	table_problem_set(err, (enum table_fault)fault, row, column, text);
	err->last_row = last_row;
	err->last_column = last_column;
	return -EBADMSG;
}

static int take_sheets(struct input *in, struct table *t)
{
	uint16_t n = take_u16(in);
	int r = 0;

	for (uint16_t i = 0; i < n && !in->wrong && r == 0; i++) {
		char name[SHEET_NAME_BYTES] = { 0 };
		size_t len;
		const char *text = take_text(in, &len);

		memcpy(name, text, MIN(len, sizeof(name) - 1));
		r = table_add_sheet(t, name);
	}
	return r;
}

static int take_merges(struct input *in, struct table *t, struct table_problem *err)
{
	uint16_t n = take_u16(in);
	int r = 0;

	for (uint16_t i = 0; i < n && !in->wrong && r == 0; i++) {
		struct table_range range;

		range.row = take_u32(in);
		range.column = take_u32(in);
		range.last_row = take_u32(in);
		range.last_column = take_u32(in);
		if (!in->wrong)
			r = table_add_merge(t, &range, err);
	}
	return r;
}

static int take_row(struct input *in, struct table *t, struct table_problem *err)
{
	uint32_t number = take_u32(in);
	uint16_t n = take_u16(in);
	int r = 0;

	for (uint16_t i = 0; i < n && !in->wrong && r == 0; i++) {
		uint32_t column = take_u16(in);
		uint8_t notes = take_u8(in);
		size_t len;
		const char *text = take_text(in, &len);

		if (!in->wrong)
			r = table_put(t, number, column, text, len, notes, err);
	}
	return r;
}

static int take_table(struct input *in, struct table *t, struct table_problem *err)
{
	uint32_t n = 0;
	int r = take_sheets(in, t);

	if (r == 0)
		r = take_merges(in, t, err);
	if (r == 0)
		n = take_u32(in);
	for (uint32_t i = 0; i < n && !in->wrong && r == 0; i++)
		r = take_row(in, t, err);
	if (r == 0 && (in->wrong || in->at != in->end || table_rows(t) != n))
		r = not_a_frame(err);
	return r;
}

uint64_t frame_bytes(const uint8_t head[FRAME_HEAD_BYTES])
{
	uint64_t bytes = FRAME_HEAD_BYTES + (uint64_t)read_u32(head + 4);

	return read_u32(head) == MAGIC && bytes <= FRAME_BYTES_MAX ? bytes : 0;
}

int frame_read(struct table **ret, const uint8_t *bytes, size_t len, struct table_problem *err)
{
	CLEANUP(table_destroyp) struct table *t = NULL;
	struct input in = { bytes + MIN(len, (size_t)FRAME_HEAD_BYTES), bytes + len, false };
	int r;

	if (len < FRAME_HEAD_BYTES || frame_bytes(bytes) != len)
		return not_a_frame(err);
	if (take_u8(&in) != 0)
		return take_problem(&in, err);
	r = table_create(&t);
	if (r == 0)
		r = take_table(&in, t, err);
	if (r == 0)
		*ret = STEAL(t);
	return r;
}
