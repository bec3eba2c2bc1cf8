/* See archive.h. libzip reads the archive; the bounds are ours. */
#include "attendance/table/archive.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <zip.h>

#include "media/base/mem.h"
#include "media/base/utf8.h"

struct archive {
	zip_t *zip;             /* owned; it owns the source */
	uint64_t total_bytes;   /* unpacked so far */
};

struct archive_part {
	struct archive *archive;
	zip_file_t *file;       /* owned */
	char name[PROBLEM_TEXT_BYTES];
	uint64_t packed_bytes, bytes;
};

struct archive *archive_close(struct archive *a)
{
	if (!a)
		return NULL;
	if (a->zip)
		zip_discard(a->zip);
	return mem_free(a);
}

int archive_open(struct archive **ret, const void *bytes, size_t len, struct table_problem *err)
{
	CLEANUP(archive_closep) struct archive *a = mem_zalloc(sizeof(*a));
	zip_error_t e;
	zip_source_t *source;

	if (!a)
		return -ENOMEM;
	zip_error_init(&e);
	source = zip_source_buffer_create(bytes, len, 0, &e);
	if (!source)
		return -ENOMEM;
	a->zip = zip_open_from_source(source, ZIP_RDONLY, &e);
	if (!a->zip) {
		zip_source_free(source);
		return table_problem_set(err, TABLE_DAMAGED, 0, 0, "zip");
	}
	if (zip_get_num_entries(a->zip, 0) > ARCHIVE_ENTRIES_MAX)
		return table_problem_set(err, TABLE_BOMB, 0, 0, "zip entries");
	*ret = STEAL(a);
	return 0;
}

static char plain(char c)
{
	return c == '\\' ? '/' : (char)tolower((unsigned char)c);
}

static bool is_same_name(const char *a, const char *b)
{
	while (*a && plain(*a) == plain(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

/* Two parts of one name would let two readers see two workbooks. */
static int find(zip_uint64_t *ret, const struct archive *a, const char *name, struct table_problem *err)
{
	zip_int64_t n = zip_get_num_entries(a->zip, 0);
	int r = -ENOENT;

	for (zip_int64_t i = 0; i < n; i++) {
		const char *other = zip_get_name(a->zip, (zip_uint64_t)i, ZIP_FL_ENC_RAW);

		if (!other || !is_same_name(other, name))
			continue;
		if (r == 0)
			return table_problem_set(err, TABLE_DAMAGED, 0, 0, name);
		*ret = (zip_uint64_t)i;
		r = 0;
	}
	return r;
}

static bool is_readable(const zip_stat_t *st)
{
	const zip_uint64_t wanted = ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;

	return (st->valid & wanted) == wanted && st->encryption_method == ZIP_EM_NONE &&
	       (st->comp_method == ZIP_CM_STORE || st->comp_method == ZIP_CM_DEFLATE);
}

int archive_part_open(struct archive_part **ret, struct archive *a, const char *name, struct table_problem *err)
{
	CLEANUP(archive_part_closep) struct archive_part *p = NULL;
	zip_uint64_t index = 0;
	zip_stat_t st;
	int r = find(&index, a, name, err);

	if (r < 0)
		return r;
	p = mem_zalloc(sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->archive = a;
	utf8_copy(p->name, sizeof(p->name), name);
	if (zip_stat_index(a->zip, index, 0, &st) < 0 || !is_readable(&st))
		return table_problem_set(err, TABLE_DAMAGED, 0, 0, name);
	p->packed_bytes = st.comp_size;
	p->file = zip_fopen_index(a->zip, index, 0);
	if (!p->file)
		return table_problem_set(err, TABLE_DAMAGED, 0, 0, name);
	*ret = STEAL(p);
	return 0;
}

struct archive_part *archive_part_close(struct archive_part *p)
{
	if (!p)
		return NULL;
	if (p->file)
		zip_fclose(p->file);
	return mem_free(p);
}

static bool is_out_of_proportion(const struct archive_part *p)
{
	return p->bytes > ARCHIVE_PART_MAX || p->archive->total_bytes > ARCHIVE_TOTAL_MAX ||
	       (p->bytes > ARCHIVE_RATIO_FROM && p->bytes / ARCHIVE_RATIO_MAX > p->packed_bytes);
}

ssize_t archive_part_read(struct archive_part *p, void *ret, size_t size, struct table_problem *err)
{
	zip_int64_t n = zip_fread(p->file, ret, size);

	if (n < 0)
		return table_problem_set(err, TABLE_DAMAGED, 0, 0, p->name);
	p->bytes += (uint64_t)n;
	p->archive->total_bytes += (uint64_t)n;
	return is_out_of_proportion(p) ? table_problem_set(err, TABLE_BOMB, 0, 0, p->name) : (ssize_t)n;
}
