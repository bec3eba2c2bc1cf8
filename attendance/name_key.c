/* See name_key.h. */
#include "attendance/name_key.h"

#include <errno.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/utf16.h>

#include "attendance/han_reading.h"
#include "attendance/name_reading.h"
#include "attendance/name_text.h"
#include "media/base/mem.h"

#define SORT_BYTES 4096

/* A key in the making. */
struct draft {
	uint32_t character[NAME_KEY_CHARACTERS];        /* folded, with separators */
	uint32_t sorted[NAME_KEY_CHARACTERS];           /* as read: proxies of the same reading instead of some */
	size_t n;
	bool proxied;
	char given[NAME_KEY_CHARACTERS][HAN_READING_BYTES]; /* written down, one for each Han character */
	size_t n_given;
	struct name_unit unit[NAME_KEY_CHARACTERS];
	bool starts[NAME_KEY_CHARACTERS];               /* the unit begins a word */
	size_t units;
	char folded[NAME_KEY_CHARACTERS * 4 + 1], pinyin[NAME_KEY_CHARACTERS * 6 + 1], initials[NAME_KEY_CHARACTERS + 1];
	uint8_t sort[2 * SORT_BYTES];
	size_t sort_bytes;
};

static UCollator *collator(const struct name_order *order)
{
	return (UCollator *)order;
}

int name_order_open(struct name_order **ret)
{
	UErrorCode error = U_ZERO_ERROR;
	UCollator *c = ucol_open("zh-u-co-pinyin-kn", &error);

	if (U_SUCCESS(error) && error != U_USING_DEFAULT_WARNING) {
		*ret = (struct name_order *)c;
		return 0;
	}
	if (c)
		ucol_close(c);
	return error == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -ENOENT;
}

struct name_order *name_order_close(struct name_order *order)
{
	if (order)
		ucol_close(collator(order));
	return NULL;
}

/* ---- what was written down ---- */

/* "lyu" is how passports spell what is typed "lv". */
static void respell(char syllable[HAN_READING_BYTES])
{
	if (strcmp(syllable, "lyu") == 0 || strcmp(syllable, "nyu") == 0)
		strcpy(syllable + 1, "v");
}

static int end_syllable(struct draft *d, char syllable[HAN_READING_BYTES], size_t *len)
{
	if (*len == 0)
		return 0;
	syllable[*len] = 0;
	*len = 0;
	respell(syllable);
	if (d->n_given == NAME_KEY_CHARACTERS || !han_character_read(syllable))
		return -EBADMSG;
	memcpy(d->given[d->n_given++], syllable, HAN_READING_BYTES);
	return 0;
}

static int parse_given(struct draft *d, const char *reading)
{
	uint32_t text[NAME_KEY_CHARACTERS * 7 + 1];
	char syllable[HAN_READING_BYTES] = "";
	int n = name_text_fold(text, ARRAY_LEN(text), reading);
	size_t len = 0;
	int r = n < 0 ? n : 0;

	for (int i = 0; r == 0 && i < n; i++) {
		char letter = name_text_letter(text[i]);

		if (letter && len < HAN_READING_BYTES - 1)
			syllable[len++] = letter;
		else if (!letter && name_text_separates(text[i]))
			r = end_syllable(d, syllable, &len);
		else
			r = -EBADMSG;
	}
	return r == 0 ? end_syllable(d, syllable, &len) : r;
}

/* ---- readings of one character ---- */

static void add_reading(struct name_unit *u, const char *reading)
{
	for (uint8_t i = 0; i < u->readings; i++)
		if (strcmp(u->reading[i], reading) == 0)
			return;
	if (*reading && u->readings < NAME_KEY_READINGS)
		strcpy(u->reading[u->readings++], reading);
}

/* What has two dots on its u is typed with v, u or yu. */
static void add_spellings(struct name_unit *u)
{
	for (uint8_t i = u->readings; i-- > 0;) {
		char *v = strchr(u->reading[i], 'v'), other[8];

		if (!v)
			continue;
		strcpy(other, u->reading[i]);
		other[v - u->reading[i]] = 'u';
		add_reading(u, other);
		if (!v[1] && v != u->reading[i])
			add_reading(u, u->reading[i][0] == 'l' ? "lyu" : "nyu");
	}
}

static const char *syllable_at(const char *pinyin, size_t i, char ret[8])
{
	size_t n;

	while (i-- > 0)
		pinyin += strcspn(pinyin, " ") + 1;
	n = strcspn(pinyin, " ");
	memcpy(ret, pinyin, n);
	ret[n] = 0;
	return ret;
}

static uint32_t character_at(const char *text, size_t i)
{
	uint32_t c;

	do
		c = name_reading_character(text, &text);
	while (i-- > 0);
	return c;
}

static void sort_as(struct draft *d, size_t at, uint32_t proxy)
{
	if (!proxy || proxy == d->character[at])
		return;
	d->sorted[at] = proxy;
	d->proxied = true;
}

/* A character of that reading, with the tone if a rule has it. */
static uint32_t proxy_read(uint32_t character, const char *reading)
{
	for (int place = NAME_READING_SURNAME; place <= NAME_READING_ALSO; place++)
		for (const struct name_reading *r = NULL; (r = name_reading_next(place, character, r));)
			if (strcmp(r->pinyin, reading) == 0)
				return character_at(r->as, 0);
	return han_character_read(reading);
}

static void add_rules(struct draft *d, size_t at, struct name_unit *u, enum name_reading_place place)
{
	for (const struct name_reading *r = NULL; (r = name_reading_next(place, u->character, r));) {
		if (u->readings == 0)
			sort_as(d, at, character_at(r->as, 0));
		add_reading(u, r->pinyin);
	}
}

/* `surname`: the rule that covers this character, its `nth`; NULL: none. `given`: its written reading, NULL: none. */
static void read_han(struct draft *d, size_t at, struct name_unit *u, const struct name_reading *surname, size_t nth, const char *given)
{
	char syllable[8];

	if (given) {
		add_reading(u, given);
		if (strcmp(given, han_reading(u->character)) != 0)
			sort_as(d, at, proxy_read(u->character, given));
	}
	if (surname) {
		if (!given)
			sort_as(d, at, character_at(surname->as, nth));
		add_reading(u, syllable_at(surname->pinyin, nth, syllable));
	}
	add_rules(d, at, u, NAME_READING_FIRST);
	add_reading(u, han_reading(u->character));
	add_rules(d, at, u, NAME_READING_ALSO);
}

static void read_letter(struct name_unit *u)
{
	char letter[2] = { name_text_letter(u->character), 0 };

	if (letter[0] && (uint32_t)letter[0] != u->character)
		add_reading(u, letter);
}

static size_t surname_characters(const struct name_reading *surname)
{
	const char *text = surname ? surname->text : "";
	size_t n = 0;

	while (name_reading_character(text, &text))
		n++;
	return n;
}

static bool is_han(uint32_t c)
{
	return u_hasBinaryProperty((UChar32)c, UCHAR_UNIFIED_IDEOGRAPH) || *han_reading(c);
}

/* Returns -EBADMSG when more was written down than there are Han characters. */
static int read_all(struct draft *d, enum name_kind kind)
{
	const struct name_reading *surname = kind == NAME_OF_PERSON ? name_reading_surname(d->character, d->n) : NULL;
	size_t covered = surname_characters(surname), han = 0;
	bool start = true;

	for (size_t i = 0; i < d->n; i++) {
		struct name_unit *u = &d->unit[d->units];

		if (name_text_separates(d->character[i])) {
			start = true;
			continue;
		}
		*u = (struct name_unit){ .character = d->character[i] };
		if (is_han(u->character)) {
			read_han(d, i, u, i < covered ? surname : NULL, i, han < d->n_given ? d->given[han] : NULL);
			han++;
		} else {
			read_letter(u);
		}
		add_spellings(u);
		d->starts[d->units++] = start;
		start = false;
	}
	return d->n_given > han ? -EBADMSG : 0;
}

/* ---- texts ---- */

/* What stands for a unit in pinyin: its first reading, or itself when that is plain. */
static const char *shown(const struct name_unit *u, char ret[2])
{
	ret[0] = u->character < 0x80 ? (char)u->character : 0;
	ret[1] = 0;
	return u->readings ? u->reading[0] : ret;
}

/* Of Latin words only the first letter is an initial; digits are all of them. */
static bool has_initial(const struct draft *d, size_t i)
{
	const struct name_unit *u = &d->unit[i];
	bool letter = u->character < 0x80 ? u->character >= 'a' : name_text_letter(u->character) != 0;

	return d->starts[i] || !letter;
}

static void write_texts(struct draft *d)
{
	size_t pinyin = 0, initials = 0;

	name_text_write(d->folded, sizeof(d->folded), d->character, d->n);
	for (size_t i = 0; i < d->units; i++) {
		char plain[2];
		const char *text = shown(&d->unit[i], plain);

		if (*text && has_initial(d, i))
			d->initials[initials++] = *text;
		while (*text)
			d->pinyin[pinyin++] = *text++;
	}
	d->pinyin[pinyin] = d->initials[initials] = 0;
}

static size_t sort_text(const struct name_order *order, uint8_t ret[SORT_BYTES], const uint32_t *characters, size_t n)
{
	UChar wide[NAME_KEY_CHARACTERS * 2];
	int32_t len = 0, bytes;

	for (size_t i = 0; i < n; i++)
		U16_APPEND_UNSAFE(wide, len, (UChar32)characters[i]);
	bytes = ucol_getSortKey(collator(order), wide, len, ret, SORT_BYTES);
	return (size_t)CLAMP(bytes, 0, SORT_BYTES);
}

/* A key ends with 0, which is nowhere inside: so that of the name itself can follow and settle what sounds alike. */
static void write_sort(struct draft *d, const struct name_order *order)
{
	d->sort_bytes = sort_text(order, d->sort, d->sorted, d->n);
	if (d->proxied)
		d->sort_bytes += sort_text(order, d->sort + d->sort_bytes, d->character, d->n);
}

/* ---- the key ---- */

uint64_t name_signs(uint32_t character)
{
	if (character >= 'a' && character <= 'z')
		return 1ull << (character - 'a');
	if (character >= '0' && character <= '9')
		return 1ull << (26 + character - '0');
	return 1ull << (36 + character * 2654435761u % 28);
}

static uint64_t unit_signs(const struct name_unit *u)
{
	uint64_t signs = name_signs(u->character);

	for (uint8_t i = 0; i < u->readings; i++)
		for (const char *s = u->reading[i]; *s; s++)
			signs |= name_signs((uint8_t)*s);
	return signs;
}

static const void *append(uint8_t **at, const void *data, size_t bytes)
{
	void *here = memcpy(*at, data, bytes);

	*at += bytes;
	return here;
}

static struct name_key *pack(const struct draft *d)
{
	size_t units = d->units * sizeof(d->unit[0]);
	size_t folded = strlen(d->folded) + 1, pinyin = strlen(d->pinyin) + 1, initials = strlen(d->initials) + 1;
	struct name_key *key = mem_zalloc(sizeof(*key) + units + folded + pinyin + initials + d->sort_bytes);
	uint8_t *at = key ? (uint8_t *)key->unit : NULL;

	if (!key)
		return NULL;
	append(&at, d->unit, units);
	key->folded = append(&at, d->folded, folded);
	key->pinyin = append(&at, d->pinyin, pinyin);
	key->initials = append(&at, d->initials, initials);
	key->sort = append(&at, d->sort, d->sort_bytes);
	key->sort_bytes = (uint16_t)d->sort_bytes;
	key->units = (uint16_t)d->units;
	for (size_t i = 0; i < d->units; i++)
		key->signs |= unit_signs(&key->unit[i]);
	return key;
}

/* Apart from name_key_create(), so that the draft is on the stack of this alone. */
static int draft_name(struct draft *d, const struct name_order *order, enum name_kind kind, const char *name, const char *reading)
{
	int n = name_text_fold(d->character, ARRAY_LEN(d->character), name);
	int r = n < 0 ? n : 0;

	d->n = n < 0 ? 0 : (size_t)n;
	d->n_given = d->units = 0;
	d->proxied = false;
	memcpy(d->sorted, d->character, d->n * sizeof(d->sorted[0]));
	if (r == 0 && reading)
		r = parse_given(d, reading);
	if (r == 0)
		r = read_all(d, kind);
	if (r < 0)
		return r;
	write_texts(d);
	write_sort(d, order);
	return 0;
}

int name_key_create(struct name_key **ret, const struct name_order *order, enum name_kind kind, const char *name, const char *reading)
{
	struct draft d;
	struct name_key *key;
	int r = draft_name(&d, order, kind, name, reading);

	if (r < 0)
		return r;
	key = pack(&d);
	if (!key)
		return -ENOMEM;
	*ret = key;
	return 0;
}

struct name_key *name_key_destroy(struct name_key *key)
{
	return mem_free(key);
}

int name_key_compare(const struct name_key *a, const struct name_key *b)
{
	int order = memcmp(a->sort, b->sort, MIN(a->sort_bytes, b->sort_bytes));

	return order ? order : (int)a->sort_bytes - (int)b->sort_bytes;
}
