/* See card_numbers.h. */
#include "signaling/card_numbers.h"

#include <stdio.h>

#include "media/base/clock.h"
#include "media/base/log.h"
#include "signaling/server.h"

#define TRY_EVERY_US 10000000

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

static const struct card_key *key_for_strangers(struct server *s)
{
	const struct card_key *key;

	if (s->card_key)
		return s->card_key;
	if (!directory_has_cards(s->directory) || bucket_spend(&s->card_key_tries, clock_boot_us(), TRY_EVERY_US, 1) > 0)
		return NULL;
	return card_numbers_key(s, &key) == 0 ? key : NULL;
}

const struct person *card_numbers_person(struct server *s, const struct card *card)
{
	const struct card_key *key = key_for_strangers(s);
	struct card_seal seal;

	if (!key)
		return NULL;
	card_seal(&seal, key, card);
	return directory_card(s->directory, seal.hash);
}

const struct account *card_numbers_account(struct server *s, const struct card *card)
{
	const struct person *p = card_numbers_person(s, card);

	return p ? directory_account(s->directory, p->account) : NULL;
}
