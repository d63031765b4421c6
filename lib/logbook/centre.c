/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logbook/centre.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "util/file.h"

static bool read_language(struct centre *c, struct span value)
{
	struct buf name = { 0 };
	buf_span(&name, value);
	int language = language_parse(buf_cstr(&name));
	buf_free(&name);
	if (language < 0)
		return false;
	c->language = (enum language)language;
	return true;
}

/* libc takes a zone that it does not know for UTC without a word.  A rule
 * such as CET-1CEST,M3.5.0,M10.5.0/3 needs no file. */
static bool zone_exists(const char *zone)
{
	char path[128];
	const char *folder = getenv("TZDIR");
	if (strchr(zone, ',') || strcmp(zone, "UTC") == 0)
		return true;
	if (zone[0] == '/' || zone[0] == '.' || strstr(zone, ".."))
		return false;
	snprintf(path, sizeof path, "%s/%s", folder ? folder : "/usr/share/zoneinfo", zone);
	return access(path, R_OK) == 0;
}

static bool read_timezone(struct centre *c, struct span value)
{
	if (value.n == 0 || value.n >= sizeof c->timezone)
		return false;
	memcpy(c->timezone, value.p, value.n);
	c->timezone[value.n] = '\0';
	return zone_exists(c->timezone);
}

static const struct {
	const char *key;
	bool (*read)(struct centre *c, struct span value);
	const char *wanted;
} keys[] = {
	{ "language", read_language, N_("a language is wanted: fr or en") },
	{ "timezone", read_timezone, N_("a time zone of this system is wanted, such as Europe/Paris") },
};

/* NULL when the line is good. */
static const char *read_line(struct centre *c, struct span line)
{
	ptrdiff_t hash = span_find(line, '#');
	line = span_trim(hash >= 0 ? span_sub(line, 0, (size_t)hash) : line);
	if (line.n == 0)
		return NULL;
	ptrdiff_t equals = span_find(line, '=');
	if (equals < 1)
		return N_("KEY=VALUE is wanted");
	struct span key = span_trim(span_sub(line, 0, (size_t)equals));
	struct span value = span_trim(span_from(line, (size_t)equals + 1));
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (span_is(key, keys[i].key) && !keys[i].read(c, value))
			return keys[i].wanted;
	return NULL;
}

int centre_read(struct centre *c, const char *path, struct buf *why)
{
	struct buf content = { 0 };
	struct span line;
	const char *wrong = NULL;
	unsigned number = 0;
	*c = (struct centre){ .language = LANG_FR };
	if (file_read(path, &content) < 0 && errno != ENOENT) {
		buf_printf(why, "%s: %s", path, strerror(errno));
		buf_free(&content);
		return -1;
	}
	struct span rest = buf_view(&content);
	while (!wrong && span_line(&rest, &line)) {
		number++;
		wrong = read_line(c, line);
	}
	if (wrong)
		buf_printf(why, "%s:%u: %s", path, number, _(wrong));
	buf_free(&content);
	return wrong ? -1 : 0;
}

void centre_zone(const struct centre *c)
{
	if (c->timezone[0])
		setenv("TZ", c->timezone, 1);
	tzset();
}
