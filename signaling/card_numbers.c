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

int card_numbers_open(struct card_key **ret, const char *path, const char *data, const struct directory *d, char err[CARD_KEY_ERROR_BYTES])
{
	char beside[CONFIG_TEXT_BYTES];
	int r = *path ? 0 : card_key_path(beside, sizeof(beside), data);

	return r < 0 ? r : card_key_open(ret, *path ? path : beside, data, !has_numbers(d), err);
}

int card_numbers_key(struct server *s, const struct card_key **ret)
{
	char err[CARD_KEY_ERROR_BYTES] = "";
	int r = s->card_key ? 0 : card_numbers_open(&s->card_key, s->config->card_key, s->config->data, s->directory, err);

	if (r < 0) {
		log_event(LOG_ERROR, "card_key.not_open err=%d why=%s", r, err);
		return r;
	}
	*ret = s->card_key;
	return 0;
}
