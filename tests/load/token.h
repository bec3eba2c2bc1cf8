/* Tokens by the server's own command. */
#ifndef LOAD_TOKEN_H
#define LOAD_TOKEN_H

/**
 * Runs `program token --data data --room room --role role`.
 *
 * Owns:   the caller's, free(); NULL, and said why, when it did not work.
 */
char *token_make(const char *program, const char *data, const char *room, const char *role);

/** The `huitang` that lies beside this program; the caller's, free(). */
char *token_program(void);

#endif
