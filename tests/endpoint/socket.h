/*
 * A WebSocket client of our own (RFC 6455), so that it can misbehave: plain TCP, read on a loop, pings answered there.
 * Text messages queue up until they are taken.
 */
#ifndef ENDPOINT_SOCKET_H
#define ENDPOINT_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

enum socket_opcode { SOCKET_TEXT = 1, SOCKET_BINARY = 2, SOCKET_CLOSE = 8, SOCKET_PING = 9 };

struct socket;

/**
 * Connects to ws://host:port/path. `origin` and `cookie` may be NULL. *ret_status gets the HTTP status (101 good), may be NULL.
 *
 * Owns:   the caller's; NULL when the upgrade was refused.
 * Thread: not the loop's.
 */
struct socket *socket_open(struct loop *l, const char *host, uint16_t port, const char *path, const char *origin,
                           const char *cookie, int *ret_status);
struct socket *socket_close(struct socket *s);

/** Cuts the TCP connection (RST) without a close frame; the object stays. */
void socket_kill(struct socket *s);

/** One masked frame. Blocks until written or 30 s. Errors: -EPIPE. Thread: not the loop's. */
int socket_send(struct socket *s, enum socket_opcode op, const void *data, size_t len);

/** As above in frames of `piece` bytes. */
int socket_send_pieces(struct socket *s, const void *data, size_t len, size_t piece);

/** Bytes as they are. */
int socket_send_raw(struct socket *s, const void *data, size_t len);

/** The oldest text message, g_free(); NULL when there is none. */
char *socket_take(struct socket *s);

/** True once the other side closed; the close code, 0 when there was none. */
bool socket_closed(struct socket *s, unsigned *ret_code);

/** While true the loop does not read: a slow reader. */
void socket_stop_reading(struct socket *s, bool stop);

#endif
