/* See ask.h. */
#include "classroom/ask.h"

#include <errno.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/utf8.h"

static const char *const kinds[ASK_KINDS] = {
	[ASK_CHECK] = "check", [ASK_POLL] = "poll", [ASK_QUIZ] = "quiz", [ASK_VOTE] = "vote", [ASK_BALLOT] = "ballot",
};
static const char *const audiences[ASK_AUDIENCES] = { [ASK_PERSONS] = "persons", [ASK_SEATS] = "seats" };
static const char *const voids[ASK_VOIDS] = { [ASK_VOID_TOO_FEW] = "too_few", [ASK_VOID_KEY_LOST] = "key_lost" };

static int find(const char *const *names, unsigned n, const char *name, unsigned *ret)
{
	for (unsigned i = 0; name && i < n; i++)
		if (strcmp(names[i], name) == 0) {
			*ret = i;
			return 0;
		}
	return -EINVAL;
}

const char *ask_kind_name(enum ask_kind kind)
{
	return (unsigned)kind < ASK_KINDS ? kinds[kind] : "";
}

const char *ask_audience_name(enum ask_audience audience)
{
	return (unsigned)audience < ASK_AUDIENCES ? audiences[audience] : "";
}

const char *ask_void_name(enum ask_void why)
{
	return (unsigned)why < ASK_VOIDS ? voids[why] : "";
}

int ask_kind_parse(enum ask_kind *ret, const char *name)
{
	unsigned i;

	if (find(kinds, ASK_KINDS, name, &i) < 0)
		return -EINVAL;
	*ret = (enum ask_kind)i;
	return 0;
}

int ask_audience_parse(enum ask_audience *ret, const char *name)
{
	unsigned i;

	if (find(audiences, ASK_AUDIENCES, name, &i) < 0)
		return -EINVAL;
	*ret = (enum ask_audience)i;
	return 0;
}

int ask_void_parse(enum ask_void *ret, const char *name)
{
	unsigned i;

	if (find(voids, ASK_VOIDS, name, &i) < 0)
		return -EINVAL;
	*ret = (enum ask_void)i;
	return 0;
}

static unsigned most_of(const struct ask_spec *s)
{
	return s->most ? s->most : 1;
}

static bool options_are_good(const struct ask_spec *s)
{
	if (s->n_options < 2 || s->n_options > ASK_OPTIONS_MAX || most_of(s) > s->n_options)
		return false;
	for (unsigned i = 0; i < s->n_options; i++) {
		if (!utf8_fits(s->options[i], ASK_OPTION_BYTES) || !utf8_is_name(s->options[i]))
			return false;
		for (unsigned k = 0; k < i; k++)
			if (strcmp(s->options[k], s->options[i]) == 0)
				return false;
	}
	return true;
}

static bool sites_are_good(const struct ask_spec *s)
{
	if (!s->sites)
		return s->n_sites == 0;
	for (size_t i = 0; i < s->n_sites && i < ASK_SITES_MAX; i++)
		if (s->sites[i] < 1)
			return false;
	return s->n_sites > 0 && s->n_sites <= ASK_SITES_MAX;
}

bool ask_takes(const struct ask_spec *s, uint32_t choice)
{
	unsigned n = (unsigned)__builtin_popcount(choice);

	if (s->kind == ASK_CHECK)
		return choice == 0;
	return choice >> s->n_options == 0 && n >= 1 && n <= most_of(s);
}

bool ask_spec_is_good(const struct ask_spec *s)
{
	if ((unsigned)s->kind >= ASK_KINDS || (unsigned)s->audience >= ASK_AUDIENCES || !utf8_fits(s->prompt, ASK_PROMPT_BYTES) ||
	    !sites_are_good(s) || s->hour > ASK_HOURS_MAX || (s->hour > 0 && s->kind != ASK_CHECK))
		return false;
	if (s->kind == ASK_CHECK)
		return s->n_options == 0 && s->most <= 1 && s->right == 0 && s->audience == ASK_PERSONS;
	if (!s->prompt[0] || !options_are_good(s) || (s->kind == ASK_BALLOT && s->audience != ASK_PERSONS))
		return false;
	return s->kind == ASK_QUIZ ? ask_takes(s, s->right) : s->right == 0;
}
