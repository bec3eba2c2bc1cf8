/* A WebSocket client that never blocks (RFC 6455): text messages, pings answered, fragments put together. */
#ifndef LOAD_WEBSOCKET_H
#define LOAD_WEBSOCKET_H

#include "tests/load/request.h"

struct websocket {
	struct wire wire;
	bool open;                      /* the upgrade was accepted */
	bool closing;
	GString *message;               /* owned: fragments so far */
	void (*on_open)(struct websocket *w);
	/* `text` ends with 0 and is borrowed until return; the websocket must not be freed in here. */
	void (*on_text)(struct websocket *w, char *text, size_t len);
	/* Once: refused, closed or cut. Likewise. */
	void (*on_end)(struct websocket *w, const char *why);
	char why[80];
};

/** Embedded; the callbacks are set. Nothing may be sent before on_open. `protocol`: the subprotocol, NULL none. Errors: -errno; websocket_free() in any case. */
int websocket_open(struct websocket *w, struct hub *hub, const struct address *a, const char *path, const char *protocol);
void websocket_free(struct websocket *w);

void websocket_send(struct websocket *w, const char *text, size_t len);

/** A close frame; on_end follows. */
void websocket_close(struct websocket *w);

#endif
