/* libwebsockets on the server's loop: the listening port, TLS, and its callbacks given to http.c and socket.c. */
#ifndef HUITANG_SIGNALING_LISTENER_H
#define HUITANG_SIGNALING_LISTENER_H

struct server;

/** Listens as configured; fills s->lws and s->vhost. Errors: -EADDRINUSE, -EINVAL (TLS files), -ENOMEM; a sentence in the log. */
int listener_open(struct server *s);
void listener_close(struct server *s);

/** Each second: keeps the timers of its connections going. */
void listener_on_second(struct server *s);

/** The bound TCP port. */
int listener_port(const struct server *s);

/** Reads the TLS files again when they changed, or at once with `force`. */
void listener_reload_tls(struct server *s, int force);

#endif
