/*
 * One event a line on standard error: `path.dtls_failed peer=7f3 err=EPROTO`. Never names, chat, card numbers or keys.
 * A thread that must not block calls log_use_ring() once; its lines are then printed by whoever calls log_drain().
 */
#ifndef HUITANG_BASE_LOG_H
#define HUITANG_BASE_LOG_H

#include "media/base/macros.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/** Lines above this level are dropped. Before threads start. Default LOG_INFO. */
void log_set_level(enum log_level level);

/** Writes one line; a newline in it is replaced. Thread: any. Ring threads are limited to 100 lines a second. */
void log_event(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** From now on this thread's lines go to a ring of its own (256 lines; the rest are counted as lost). Errors: -ENOMEM, -ENOSPC over 32 threads. */
int log_use_ring(void);

/** Prints what the ring threads left. One caller: the control thread. */
void log_drain(void);

#endif
