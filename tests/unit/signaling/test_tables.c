/* The tables agree with each other: requests with handlers, the OpenAPI document with what is served. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/api.h"
#include "signaling/commands.h"
#include "classroom/class_fault.h"
#include "signaling/openapi.h"
#include "signaling/routes.h"

static void every_request_has_its_handler(void **state)
{
	(void)state;
	for (size_t i = 0; i < WIRE_N_REQUESTS; i++) {
		const struct command *row = command_find(wire_requests[i].name);

		assert_non_null(row);
		assert_non_null(row->handle);
	}
	assert_null(command_find("nothing"));
}

static void what_changes_a_room_asks_for_a_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < WIRE_N_REQUESTS; i++) {
		const char *name = wire_requests[i].name;

		if (strncmp(name, "room.", 5) == 0 || strncmp(name, "seat.", 5) == 0)
			assert_true(command_find(name)->action >= 0 && command_find(name)->stage == STAGE_SEATED);
	}
}

static unsigned method_of(const char *name)
{
	static const struct { const char *name; unsigned method; } methods[] = {
		{ "get", HTTP_GET }, { "post", HTTP_POST }, { "delete", HTTP_DELETE }, { "options", HTTP_OPTIONS }, { "put", HTTP_PUT }, { "patch", HTTP_PATCH },
	};

	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].method;
	return 0;
}

static json_t *document(void)
{
	struct text *t = openapi_write();
	json_t *doc = json_loadb(t->data, t->len, JSON_REJECT_DUPLICATES, NULL);

	text_unref(t);
	return doc;
}

static void what_is_documented_is_served(void **state)
{
	json_t *doc = document(), *methods, *operation;
	const char *path, *name;

	(void)state;
	assert_non_null(doc);
	json_object_foreach(json_object_get(doc, "paths"), path, methods) {
		const struct http_route *r = route_find(path);

		assert_non_null(r);
		assert_string_not_equal(r->path, "/");
		json_object_foreach(methods, name, operation)
			if (json_is_object(operation))
				assert_true(r->methods & method_of(name));
	}
	json_decref(doc);
}

static void what_is_served_is_documented(void **state)
{
	static const char *const served[] = { "/healthz", "/metrics", "/api/v1/openapi.json", "/api/v1/session", "/api/v1/session/ways", "/api/v1/session/oidc", "/api/v1/session/oidc/callback", "/api/v1/rooms", "/api/v1/companion", "/api/v1/companion/visit", "/api/v1/rooms/{room}/quality", "/ws", "/whip/{room}", "/whep/{room}" };
	json_t *doc = document();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(served); i++)
		assert_non_null(json_object_get(json_object_get(doc, "paths"), served[i]));
	json_decref(doc);
}

/* "orgs/#/move" is served where "/api/v1/orgs/{org}/move" is documented. */
static void as_route(const char *path, char *ret)
{
	for (; *path; path++) {
		*ret++ = *path == '{' ? '#' : *path;
		if (*path == '{')
			path += strcspn(path, "}");
	}
	*ret = 0;
}

static bool is_documented(const json_t *doc, const struct api_route *r)
{
	json_t *methods, *operation;
	const char *path, *name;
	char as[256];

	json_object_foreach(json_object_get(doc, "paths"), path, methods) {
		if (strncmp(path, "/api/v1/", 8) != 0)
			continue;
		as_route(path + 8, as);
		json_object_foreach(methods, name, operation)
			if (json_is_object(operation) && strcmp(as, r->path) == 0 && method_of(name) == r->method)
				return true;
	}
	return false;
}

static void every_route_of_the_api_is_documented(void **state)
{
	json_t *doc = document();
	const struct api_route *routes;
	size_t n;

	(void)state;
	routes = api_routes(&n);
	for (size_t i = 0; i < n; i++) {
		if (!is_documented(doc, &routes[i]))
			print_error("%s\n", routes[i].path);
		assert_true(is_documented(doc, &routes[i]));
	}
	json_decref(doc);
}

static void every_documented_path_of_the_api_has_a_route(void **state)
{
	json_t *doc = document(), *methods, *operation;
	const char *path, *name;

	(void)state;
	json_object_foreach(json_object_get(doc, "paths"), path, methods) {
		if (strncmp(path, "/api/v1/", 8) != 0 || route_find(path)->handle != api_handle)
			continue;
		json_object_foreach(methods, name, operation) {
			char as[256];
			const struct api_route *r;
			int64_t ids[API_IDS];
			unsigned takes;

			if (!json_is_object(operation))
				continue;
			as_route(path + 8, as);
			for (char *c = as; *c; c++)
				*c = *c == '#' ? '1' : *c;
			r = api_route_find((enum http_method)method_of(name), as, ids, &takes);
			if (!r)
				print_error("%s %s\n", name, path);
			assert_non_null(r);
		}
	}
	json_decref(doc);
}

static void check_listed(const json_t *codes, const char *code)
{
	bool found = false;

	for (size_t i = 0; i < json_array_size(codes); i++)
		found = found || strcmp(json_string_value(json_array_get(codes, i)), code) == 0;
	if (!found)
		print_error("%s\n", code);
	assert_true(found);
}

/* Codes are what the client words: each that the API's sources name is in the document's list. */
static void every_code_of_the_api_is_listed(void **state)
{
	json_t *doc = document(), *codes;
	char code[64];
	FILE *words = popen("cat '" SOURCE_ROOT "'/signaling/api/*.c | grep -o 'api_refuse(c, \"[a-z_]*\"' | grep -o '\"[a-z_]*\"' | tr -d '\"' | sort -u", "r");
	size_t n = 0;

	(void)state;
	assert_int_equal(json_unpack(doc, "{s:{s:{s:{s:{s:{s:{s:{s:o}}}}}}}}", "components", "schemas", "Problem", "properties", "error", "properties", "code", "enum", &codes), 0);
	assert_non_null(words);
	for (; fscanf(words, "%63s", code) == 1; n++)
		check_listed(codes, code);
	pclose(words);
	assert_true(n > 10);
	for (enum class_fault fault = 1; fault < CLASS_FAULT_COUNT; fault++)
		check_listed(codes, class_fault_code(fault));
	json_decref(doc);
}

static void a_place_of_the_client_is_a_page(void **state)
{
	(void)state;
	assert_string_equal(route_find("/join/demo")->path, "/");
	assert_string_equal(route_find("/whip")->path, "/");
	assert_string_equal(route_find("/wsx")->path, "/");
	assert_string_equal(route_find("/api/v2/rooms")->path, "/api/");
	assert_null(route_find("nowhere"));
}

static void the_documents_tables_are_the_schemas(void **state)
{
	(void)state;
	assert_int_equal(system("python3 '" SOURCE_ROOT "/signaling/protocol/generate.py' --check-markdown '" SOURCE_ROOT "/docs/protocol.md' | grep -q ^ok"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_has_its_handler),
		cmocka_unit_test(what_changes_a_room_asks_for_a_right),
		cmocka_unit_test(what_is_documented_is_served),
		cmocka_unit_test(what_is_served_is_documented),
		cmocka_unit_test(every_route_of_the_api_is_documented),
		cmocka_unit_test(every_documented_path_of_the_api_has_a_route),
		cmocka_unit_test(every_code_of_the_api_is_listed),
		cmocka_unit_test(the_documents_tables_are_the_schemas),
		cmocka_unit_test(a_place_of_the_client_is_a_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
