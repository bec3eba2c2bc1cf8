/* See check.h. Against ICE-lite we nominate; a full agent that offered nominates itself and is answered. */
#include "tests/load/check.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "tests/endpoint/loop.h"
#include "tests/endpoint/stun.h"
#include "tests/load/handshake.h"
#include "tests/load/peer.h"

#define PACE_US 50000           /* until the first answer, as browsers do: the server may not know us yet */
#define MOST_PACED 600          /* half a minute */
#define FIRST_US 100000
#define CONSENT_US 5000000
#define MOST_UNANSWERED 12      /* with doubling up to 3 s: half a minute */

static void send_check(struct peer *p)
{
	char username[520];
	struct stun_request r = {
		.username = username, .password = p->remote_pwd, .use_candidate = !p->controlled, .controlled = p->controlled,
	};
	uint8_t *out = port_room(p->cfg.port);

	snprintf(username, sizeof(username), "%.256s:%s", p->remote_ufrag, p->ufrag);
	if (strlen(username) > STUN_BYTES - 128) {
		peer_fail(p, "the server's ICE user name is too long");
		return;
	}
	port_send(p->cfg.port, p->endpoint, &p->remote, stun_write(out, &r), NULL, false, p->cfg.up);
}

static void on_due(struct timer *t, int64_t now)
{
	struct peer *p = OWNER_OF(t, struct peer, check);
	int64_t pause = p->checked ? FIRST_US << MIN(p->unanswered, 5u) : PACE_US;

	if (p->unanswered >= (p->checked ? MOST_UNANSWERED : MOST_PACED)) {
		peer_fail(p, p->checked ? "no consent: ICE checks go unanswered" : "no answer to ICE checks");
		return;
	}
	p->unanswered++;
	send_check(p);
	hub_set(p->cfg.hub, &p->check, now + pause);
}

void check_init(struct peer *p)
{
	p->check.fire = on_due;
}

void check_begin(struct peer *p)
{
	on_due(&p->check, now_us());
}

static void begin_handshake(struct peer *p)
{
	if (p->state != PEER_CHECKING || !p->checked || (p->controlled && !p->nominated))
		return;
	p->state = PEER_HANDSHAKE;
	handshake_begin(p);
}

static void answer(struct peer *p, const uint8_t *data, size_t len)
{
	uint8_t *out;

	if (!stun_is_authentic(data, len, p->pwd))
		return;
	out = port_room(p->cfg.port);
	port_send(p->cfg.port, p->endpoint, &p->remote, stun_write_success(out, data, &p->remote, p->pwd), NULL, false, p->cfg.up);
}

void check_take(struct peer *p, const uint8_t *data, size_t len, int64_t now_us)
{
	bool nominates = false;

	if (p->state == PEER_NEW)
		return;
	if (stun_is_request(data, len, &nominates)) {
		p->nominated |= nominates;
		answer(p, data, len);
	} else if (stun_is_success(data, len) && stun_is_authentic(data, len, p->remote_pwd)) { /* to whichever check: several may be under way */
		p->checked = true;
		p->unanswered = 0;
		hub_set(p->cfg.hub, &p->check, now_us + CONSENT_US * 8 / 10 + g_random_int_range(0, CONSENT_US * 4 / 10));
	}
	begin_handshake(p);
}
