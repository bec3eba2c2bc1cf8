/* Names of the control thread's counters. */
#include "media/base/hash.h"
#include "signaling/server.h"

static const struct counter_def defs[SERVER_COUNTS] = {
	[COUNT_CONNECTIONS] = { "connections", "TCP connections open", true },
	[COUNT_SOCKETS] = { "websockets", "WebSockets open", true },
	[COUNT_CLIENTS] = { "clients", "Browsers, publishers and players in rooms", true },
	[COUNT_WALLS] = { "walls", "Watch transports that belong to no room", true },
	[COUNT_LOOKS] = { "looks", "Sources watched through them now", true },
	[COUNT_ROOMS] = { "rooms", "Rooms in memory", true },
	[COUNT_CLASSES] = { "classes", "Classes in memory: not sealed yet", true },
	[COUNT_HTTP_REQUESTS] = { "http_requests_total", "HTTP requests begun", false },
	[COUNT_HTTP_4XX] = { "http_refused_total", "HTTP requests answered with 4xx", false },
	[COUNT_HTTP_5XX] = { "http_failed_total", "HTTP requests answered with 5xx", false },
	[COUNT_CONNECTIONS_REFUSED] = { "connections_refused_total", "Connections over the bound", false },
	[COUNT_ORIGIN_REFUSED] = { "origin_refused_total", "WebSocket upgrades from pages of other sites", false },
	[COUNT_MESSAGES] = { "messages_total", "Messages received", false },
	[COUNT_BAD_MESSAGES] = { "messages_refused_total{reason=\"shape\"}", "Messages refused before a handler saw them", false },
	[COUNT_TOO_LARGE] = { "messages_refused_total{reason=\"size\"}", "Messages refused before a handler saw them", false },
	[COUNT_RATE_LIMITED] = { "messages_refused_total{reason=\"rate\"}", "Messages refused before a handler saw them", false },
	[COUNT_BAD_SDP] = { "sdp_refused_total", "Offers and answers that were not understood", false },
	[COUNT_SLOW_READERS] = { "slow_readers_total", "WebSockets closed because they did not read", false },
	[COUNT_RESUMED] = { "resumes_total{result=\"ok\"}", "Seats taken back by a resume token", false },
	[COUNT_RESUME_REFUSED] = { "resumes_total{result=\"refused\"}", "Seats taken back by a resume token", false },
	[COUNT_SNAPSHOTS] = { "snapshots_total", "Resumes that needed more events than are kept", false },
	[COUNT_TOKENS_REFUSED] = { "tokens_refused_total", "Bearer tokens that did not hold", false },
	[COUNT_LOOKS_BEGUN] = { "looks_total", "Sources that somebody began to watch through a wall", false },
	[COUNT_WALL_REFUSALS] = { "wall_refusals_total", "Slots of walls that were refused, or taken away", false },
	[COUNT_HANDS] = { "hands_raised_total", "Hands raised in rooms", false },
	[COUNT_FLOORS] = { "floors_given_total", "Times that a seat was given the floor", false },
	[COUNT_CUTS] = { "stage_changes_total", "Sites brought on the stage or into the spotlight, or taken away from there", false },
	[COUNT_SOURCE_RULES] = { "source_rules_total", "Rules laid down or taken back on who may switch a source on", false },
	[COUNT_SUCCESSIONS] = { "host_successions_total", "Times that the server made another seat host", false },
	[COUNT_SIGN_INS] = { "sign_ins_total{result=\"ok\"}", "Attempts to sign in", false },
	[COUNT_SIGN_INS_REFUSED] = { "sign_ins_total{result=\"refused\"}", "Attempts to sign in", false },
	[COUNT_NOT_RECORDED] = { "not_recorded_total", "Acts refused or not acknowledged because records could not be written", false },
	[COUNT_OIDC_BEGUN] = { "provider_sign_ins_begun_total", "Browsers sent to the provider", false },
	[COUNT_OIDC_OK] = { "provider_sign_ins_total{result=\"ok\"}", "Browsers that came back from the provider", false },
	[COUNT_OIDC_DENIED] = { "provider_sign_ins_total{result=\"denied\"}", "Browsers that came back from the provider", false },
	[COUNT_OIDC_EXPIRED] = { "provider_sign_ins_total{result=\"expired\"}", "Browsers that came back from the provider", false },
	[COUNT_OIDC_DOWN] = { "provider_sign_ins_total{result=\"down\"}", "Browsers that came back from the provider", false },
	[COUNT_OIDC_REFUSED] = { "provider_sign_ins_total{result=\"code_refused\"}", "Browsers that came back from the provider", false },
	[COUNT_OIDC_WRONG] = { "provider_sign_ins_total{result=\"token_wrong\"}", "Browsers that came back from the provider", false },
	[COUNT_OIDC_UNKNOWN] = { "provider_sign_ins_total{result=\"unknown_person\"}", "Browsers that came back from the provider", false },
	[COUNT_REPEATED_REQUESTS] = { "requests_repeated_total", "Requests sent again after a lost socket", false },
};

void server_add(struct server *s, enum server_count count, int64_t delta)
{
	counters_add(s->counters, count, delta);
}

int server_write_counters(const struct server *s, char **ret)
{
	return counters_write(ret, &s->counters, 1);
}

int server_create_counters(struct server *s)
{
	return counters_create(&s->counters, defs, SERVER_COUNTS);
}
