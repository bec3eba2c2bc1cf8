/* See coding.h. */
#include "signaling/coding.h"

#include "media/base/macros.h"
#include "signaling/client.h"
#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/wall.h"
#include "signaling/wire.h"

#define SETTLE_US 3000000               /* who leaves may be coming back */

_Static_assert(WIRE_PICTURE_CODINGS == (int)PICTURE_CODINGS && WIRE_PICTURE_CODING_AV1 == (int)CODING_AV1, "schema.json and classroom/ agree");

static enum codec codec_of(enum picture_coding coding)
{
	static const enum codec codecs[] = { CODEC_VP8, CODEC_VP9, CODEC_AV1 };

	return codecs[coding];
}

/* Its slots for pictures all take the same. */
static bool lacks(const struct transport *t, enum codec codec)
{
	for (unsigned i = t->n_audio; transport_bindable(t) && i < t->cfg.n_slots; i++)
		if (t->slot_codecs[i])
			return !(t->slot_codecs[i] & 1u << codec);
	return false;
}

static unsigned count_lacking(const struct meeting *m, enum codec codec)
{
	const struct wall_slot *s;
	struct client *c, *next;
	unsigned n = 0;

	HASH_ITER(hh_seat, m->clients, c, next)
		n += !c->ended && lacks(&c->transport, codec);
	for (s = m->watched; s; s = s->next)
		n += lacks(&s->wall->transport, codec);
	return n;
}

static bool may_send(const struct client *c, enum picture_coding coding)
{
	return coding == CODING_USUAL || c->transport.camera_codecs & 1u << codec_of(coding);
}

static enum picture_coding decide(struct coding *k, enum picture_coding choice, unsigned lacking, int64_t now_us)
{
	if (choice == CODING_USUAL || lacking > 0) {
		k->able_us = 0;
		return CODING_USUAL;
	}
	/* A choice that was just made need not wait; one that could not hold does. */
	if (k->able_us == 0)
		k->able_us = k->told && k->choice == choice ? now_us : now_us - SETTLE_US;
	return now_us - k->able_us >= SETTLE_US ? choice : k->now;
}

static void update(struct client *c, enum picture_coding choice, unsigned lacking, int64_t now_us)
{
	struct coding *k = &c->coding;
	enum picture_coding coding;

	if (c->kind != SEAT_BROWSER || c->ended || !transport_bindable(&c->transport))
		return;
	if (!may_send(c, choice))
		choice = CODING_USUAL;
	if (choice == CODING_USUAL)
		lacking = 0;
	coding = decide(k, choice, lacking, now_us);
	/* That nobody lacks it any more is told with what follows from it. */
	if (coding == k->now && choice == k->choice && (lacking == k->lacking || lacking == 0))
		return;
	*k = (struct coding){ .told = true, .now = coding, .choice = choice, .lacking = lacking, .able_us = k->able_us };
	client_send_event(c, "coding", json_pack("{s:s, s:s, s:i}", "coding", picture_coding_name(coding), "choice", picture_coding_name(choice), "lacking", (int)lacking));
}

void coding_update(struct meeting *m, int64_t now_us)
{
	int lacking[PICTURE_CODINGS] = { 0, -1, -1 };   /* -1: not counted yet */
	struct client *c, *next;

	HASH_ITER(hh_seat, m->clients, c, next) {
		const struct seat *seat = room_seat(m->room, c->seat);
		enum picture_coding choice = seat ? seat->coding : CODING_USUAL;

		if (choice == CODING_USUAL && c->coding.choice == CODING_USUAL)
			continue;
		if (lacking[choice] < 0)
			lacking[choice] = (int)count_lacking(m, codec_of(choice));
		update(c, choice, (unsigned)lacking[choice], now_us);
	}
}
