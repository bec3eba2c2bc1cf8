/* Organisations as rows name them: by code, by name, by a path of names from above. Those of the directory and those of the file. */
#include <errno.h>
#include <string.h>

#include "attendance/import/state.h"
#include "attendance/name_text.h"
#include "media/base/mem.h"

#define PARTY_LONG "中国共产党"
#define PARTY_SHORT "中共"

struct named_org *import_org_by_id(const struct import *i, int64_t id)
{
	struct named_org *o;

	HASH_FIND(by_id, i->ids, &id, sizeof(id), o);
	return o;
}

struct named_org *import_org_by_code(const struct import *i, const char *code)
{
	struct named_org *o;

	HASH_FIND(by_code, i->codes, code, strlen(code), o);
	return o;
}

static struct named_org *first_of_key(const struct import *i, const char *key)
{
	struct named_org *o;

	HASH_FIND(by_name, i->names, key, strlen(key), o);
	return o;
}

void import_org_key(char ret[IMPORT_ORG_KEY_BYTES], const char *name)
{
	uint32_t text[IMPORT_ORG_KEY_BYTES];
	int n = name_text_fold(text, ARRAY_LEN(text), name), kept = 0;
	char *begin;

	for (int at = 0; at < n; at++)
		if (text[at] != ' ')
			text[kept++] = text[at];
	name_text_write(ret, IMPORT_ORG_KEY_BYTES, text, (size_t)kept);
	while ((begin = strstr(ret, PARTY_LONG))) {
		memcpy(begin, PARTY_SHORT, strlen(PARTY_SHORT));
		memmove(begin + strlen(PARTY_SHORT), begin + strlen(PARTY_LONG), strlen(begin + strlen(PARTY_LONG)) + 1);
	}
}

static void org_free(struct named_org *o)
{
	mem_free(o->name);
	mem_free(o->key);
	mem_free(o->code);
	mem_free(o);
}

static int add_name(struct import *i, struct named_org *o)
{
	struct named_org *first = first_of_key(i, o->key);

	if (first) {
		o->same = first->same;
		first->same = o;
		return 0;
	}
	HASH_ADD_KEYPTR(by_name, i->names, o->key, strlen(o->key), o);
	return HASH_ADDED(by_name, o) ? 0 : -ENOMEM;
}

int import_org_add(struct import *i, int64_t id, int64_t parent, const char *name, const char *code, bool fresh, struct named_org **ret)
{
	struct named_org *o = mem_zalloc(sizeof(*o));
	char key[IMPORT_ORG_KEY_BYTES];

	if (!o)
		return -ENOMEM;
	import_org_key(key, name);
	o->id = id;
	o->parent = parent;
	o->fresh = fresh;
	o->name = mem_strdup(name);
	o->key = mem_strdup(key);
	o->code = mem_strdup(code);
	if (o->name && o->key && o->code)
		HASH_ADD(by_id, i->ids, id, sizeof(o->id), o);
	if (!o->name || !o->code || !HASH_ADDED(by_id, o)) {
		org_free(o);
		return -ENOMEM;
	}
	if (*code && !import_org_by_code(i, code))
		HASH_ADD_KEYPTR(by_code, i->codes, o->code, strlen(o->code), o);
	if (ret)
		*ret = o;
	return add_name(i, o);
}

static void forget_name(struct import *i, struct named_org *o)
{
	struct named_org *first = first_of_key(i, o->key), *before = first;

	if (first == o) {
		HASH_DELETE(by_name, i->names, o);
		if (o->same)
			HASH_ADD_KEYPTR(by_name, i->names, o->same->key, strlen(o->same->key), o->same);
	}
	while (before && before != o && before->same != o)
		before = before->same;
	if (before && before != o)
		before->same = o->same;
	o->same = NULL;
	memset(&o->by_name, 0, sizeof(o->by_name));
}

int import_org_rename(struct import *i, struct named_org *o, const char *name)
{
	char key[IMPORT_ORG_KEY_BYTES], *copy = mem_strdup(name), *copy_of_key;

	import_org_key(key, name);
	copy_of_key = mem_strdup(key);
	if (!copy || !copy_of_key) {
		mem_free(copy);
		mem_free(copy_of_key);
		return -ENOMEM;
	}
	forget_name(i, o);
	mem_free(o->name);
	mem_free(o->key);
	o->name = copy;
	o->key = copy_of_key;
	return add_name(i, o);
}

int import_orgs_load(struct import *i)
{
	const struct directory *d = i->cfg.directory;
	const struct org *o = NULL;
	int r = 0;

	while (r == 0 && (o = directory_next_org(d, o)))
		if (o->closed_us == 0 && (!i->cfg.org || directory_is_below(d, o->id, i->cfg.org)) && import_may(i, o->id))
			r = import_org_add(i, o->id, o->parent, o->name, o->code, false, NULL);
	return r;
}

void import_orgs_done(struct import *i)
{
	struct named_org *o, *next;

	HASH_CLEAR(by_name, i->names);
	HASH_CLEAR(by_code, i->codes);
	HASH_ITER(by_id, i->ids, o, next) {
		HASH_DELETE(by_id, i->ids, o);
		org_free(o);
	}
}

/* Whether the names before `len` of the path stand above it, in order; steps between them may be left out. */
static bool stands_below(const struct import *i, const struct named_org *o, const char *path, size_t len)
{
	while (len > 0) {
		const char *slash = memrchr(path, '/', len);
		size_t begin = slash ? (size_t)(slash - path) + 1 : 0, n = len - begin;

		do
			o = import_org_by_id(i, o->parent);
		while (o && (strlen(o->key) != n || memcmp(o->key, path + begin, n) != 0));
		if (!o)
			return false;
		len = begin ? begin - 1 : 0;
	}
	return true;
}

/* `above`: the key of the hint's. */
static bool fits_hint(const struct import *i, const struct named_org *o, int64_t below, const char *above)
{
	while ((o = import_org_by_id(i, o->parent)))
		if (o->id == below || (*above && strstr(o->key, above)))
			return true;
	return false;
}

/* The last of a path's names, of those that stand below the others. Of several the only one that fits the hint. */
static int find_path(const struct import *i, const char *path, const struct org_hint *hint, struct named_org **ret)
{
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
	struct named_org *found = NULL, *hinted = NULL;
	size_t n = 0, n_hinted = 0;
	char above[IMPORT_ORG_KEY_BYTES];

	import_org_key(above, hint && hint->above ? hint->above : "");
	for (struct named_org *o = first_of_key(i, last); o; o = o->same) {
		if (!stands_below(i, o, path, slash ? (size_t)(slash - path) : 0))
			continue;
		found = o;
		n++;
		if (hint && fits_hint(i, o, hint->below, above)) {
			hinted = o;
			n_hinted++;
		}
	}
	*ret = n == 1 ? found : n_hinted == 1 ? hinted : NULL;
	return n > 1 && n_hinted != 1 ? -EEXIST : 0;
}

/* A name with a sign that parts paths is looked for as a whole, too. */
int import_org_find(const struct import *i, const char *text, const struct org_hint *hint, struct named_org **ret)
{
	char path[IMPORT_ORG_KEY_BYTES], key[IMPORT_ORG_KEY_BYTES], code[VALUE_CODE_BYTES];
	int r;

	*ret = value_code(code, text) == 0 ? import_org_by_code(i, code) : NULL;
	if (*ret || value_path(path, sizeof(path), text) < 0)
		return 0;
	import_org_key(key, path);
	r = find_path(i, key, hint, ret);
	if (r < 0 || *ret)
		return r;
	import_org_key(key, text);
	*ret = first_of_key(i, key);
	return *ret && (*ret)->same ? -EEXIST : 0;
}

struct named_org *import_org_child(const struct import *i, int64_t parent, const char *name)
{
	char key[IMPORT_ORG_KEY_BYTES];
	struct named_org *o;

	import_org_key(key, name);
	o = first_of_key(i, key);
	while (o && o->parent != parent)
		o = o->same;
	return o;
}

bool import_org_is_called(const struct named_org *o, const char *name)
{
	char path[IMPORT_ORG_KEY_BYTES], key[IMPORT_ORG_KEY_BYTES];
	const char *slash;

	if (value_path(path, sizeof(path), name) < 0)
		return false;
	import_org_key(key, path);
	slash = strrchr(key, '/');
	return strcmp(o->key, slash ? slash + 1 : key) == 0;
}
