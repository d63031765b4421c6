/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text/text.h"

#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/log.h"

#define DOMAIN "vigie"

int language_parse(const char *name)
{
	if (strncmp(name, "fr", 2) == 0)
		return LANG_FR;
	return strncmp(name, "en", 2) == 0 ? LANG_EN : -1;
}

enum language text_language(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		const char *value = getenv(variables[i]);
		if (value && *value)
			return language_parse(value) == LANG_FR ? LANG_FR : LANG_EN;
	}
	return LANG_EN;
}

/* Small servers often lack fr_FR.UTF-8.  The catalogue is found all the
 * same when the locale is C.UTF-8 and LANGUAGE names the language. */
static void set_locale(void)
{
	const char *name = setlocale(LC_ALL, "");
	if (name && strcmp(setlocale(LC_MESSAGES, NULL), "C") != 0)
		return;
	setlocale(LC_ALL, "C.UTF-8");
	setenv("LANGUAGE", text_language() == LANG_FR ? "fr" : "en", 1);
}

/* bin/TOOL finds share/locale beside bin, installed or in the build folder. */
static void find_catalogue(void)
{
	const char *folder = getenv("VIGIE_LOCALEDIR");
	if (folder && *folder) {
		bindtextdomain(DOMAIN, folder);
		return;
	}
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return;
	self[n] = '\0';
	for (int level = 0; level < 2; level++) {
		char *slash = strrchr(self, '/');
		if (!slash)
			return;
		*slash = '\0';
	}
	struct buf path = { 0 };
	buf_printf(&path, "%s/share/locale", self);
	bindtextdomain(DOMAIN, buf_cstr(&path));
	buf_free(&path);
}

void text_init(const char *tool)
{
	log_name = tool;
	signal(SIGPIPE, SIG_IGN);
	set_locale();
	setlocale(LC_NUMERIC, "C");	/* numbers in records have a point */
	find_catalogue();
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
}

const char *text_translate(const char *text)
{
	return *text ? gettext(text) : text;
}
