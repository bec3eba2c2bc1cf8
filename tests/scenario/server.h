/* The server under test, as a process of its own on a data folder of its own, and its other commands. */
#ifndef SCENARIO_SERVER_H
#define SCENARIO_SERVER_H

#include <stdint.h>
#include <sys/types.h>

struct server_cfg {
	unsigned workers;               /* 0: one */
	const char *data;               /* NULL: a fresh temporary folder, removed at the end */
	int tls;                        /* the options make it speak HTTPS */
	const char *options[8];         /* further ones, up to the first NULL */
	int wait_ms;                    /* for the ready line; 0: 15 s */
};

struct server {
	pid_t pid;                      /* 0 when not running */
	uint16_t port, media_port;
	char data[256], log[280];
	int temporary;                  /* data is ours to remove */
	off_t log_from;                 /* where in the log this start begins */
	struct server_cfg cfg;
};

/* What a command printed and how it ended. */
struct outcome {
	int status;                     /* exit status; -1 killed by a signal or hung */
	char *out, *err;
};

/** Starts with --demo and waits for the ready line; /healthz must answer then. NULL (and a failed check) when it does not in time. */
struct server *server_start(const struct server_cfg *cfg);

/** server_start() that ends with the scenario. */
struct server *server_stage(void);

/** Ends the process and removes the folder. */
void server_free(void *server);

/** Sends the signal and waits for the end, 10 s. Returns the wait status, -1 when it hung (then it is killed). */
int server_end(struct server *s, int signal);

/** Starts again on the same folder and ports. False when it does not answer in time. */
int server_restart(struct server *s);

/** True while the process runs. */
int server_alive(struct server *s);

/** A token of `huitang token`, g_free(). seat may be NULL; ttl_s 0 for the default. */
char *server_token(struct server *s, const char *room, const char *role, const char *seat, int ttl_s);

/** Runs `program arguments…` (up to NULL). Owns: the caller's, outcome_free(). */
struct outcome *server_command(const char *const *arguments);
struct outcome *outcome_free(struct outcome *o);

/** http(s)://127.0.0.1:port + path, g_free(). */
char *server_url(const struct server *s, const char *path);

/** Sum over all labels of a name in /metrics, or of the one line when `name` has its labels; 0 without any. */
double server_metric(const struct server *s, const char *name);

/** Removes a folder and all in it. */
void server_remove_folder(const char *path);

/** Two free ports in a row. */
uint16_t server_free_port(void);

#endif
