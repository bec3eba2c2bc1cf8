/* See card_numbers.h. */
#include "signaling/card_numbers.h"

#include <stdio.h>

#include "media/base/log.h"
#include "signaling/server.h"

static bool has_numbers(const struct directory *d)
{
	const struct person *p = NULL;

	while ((p = directory_next_person(d, p)))
		if (*p->identity.card_tail)
			return true;
	return false;
}

int card_numbers_key(struct server *s, const struct card_key **ret)
{
	char err[CARD_KEY_ERROR_BYTES] = "", path[CONFIG_TEXT_BYTES];
	int r = 0;

	if (!s->card_key) {
		if (*s->config->card_key)
			snprintf(path, sizeof(path), "%s", s->config->card_key);
		else
			r = card_key_path(path, sizeof(path), s->config->data);
		if (r == 0)
			r = card_key_open(&s->card_key, path, s->config->data, !has_numbers(s->directory), err);
	}
	if (r < 0) {
		log_event(LOG_ERROR, "card_key.not_open err=%d why=%s", r, err);
		return r;
	}
	*ret = s->card_key;
	return 0;
}
