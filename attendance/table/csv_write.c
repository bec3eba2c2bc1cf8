/* See csv_write.h. */
#include "attendance/table/csv_write.h"

#include <stdbool.h>
#include <string.h>

/* Behind any apostrophes stands what a spreadsheet would run. */
static bool is_risky(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && text[at] == '\'')
		at++;
	return at < len && text[at] && strchr("=+-@\t\r", text[at]);
}

void csv_write_cell(FILE *out, const char *text)
{
	fputc('"', out);
	if (is_risky(text, strlen(text)))
		fputc('\'', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

size_t csv_added_apostrophe(const char *text, size_t len)
{
	return len > 1 && text[0] == '\'' && is_risky(text, len);
}
