/* See spoken.h. */
#include "tests/load/spoken.h"

#include <string.h>

void spoken_send(struct spoken *s, struct peer *p, uint16_t seq, size_t len)
{
	size_t sealed = peer_seal(p, port_room(p->cfg.port), len);

	s->kept[seq % SPOKEN].seq = seq;
	s->kept[seq % SPOKEN].len = (uint16_t)(sealed <= SPOKEN_BYTES ? sealed : 0);
	memcpy(s->kept[seq % SPOKEN].data, port_room(p->cfg.port), s->kept[seq % SPOKEN].len);
	peer_send_sealed(p, sealed);
}

bool spoken_repeat(const struct spoken *s, struct peer *p, uint16_t seq)
{
	size_t len = s->kept[seq % SPOKEN].seq == seq ? s->kept[seq % SPOKEN].len : 0;

	if (len == 0)
		return false;
	memcpy(port_room(p->cfg.port), s->kept[seq % SPOKEN].data, len);
	peer_send_sealed(p, len);
	return true;
}
