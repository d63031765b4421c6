/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Languages: gettext stays in here.  Texts for people are marked _("…")
 * where they are used and N_("…") where they stand in a table. */
#ifndef VIGIE_TEXT_TEXT_H
#define VIGIE_TEXT_TEXT_H

#include <stdbool.h>

#define N_(text) (text)
#define _(text) text_translate(text)

/* Called first in main(): locale from the environment, catalogue from
 * $VIGIE_LOCALEDIR or beside the program (../share/locale), the tool's name
 * for messages and help; SIGPIPE ignored so that a broken pipe is an error
 * of write, told once. */
void text_init(const char *tool);

const char *text_translate(const char *text) __attribute__((format_arg(1)));

enum language { LANG_EN, LANG_FR };

/* The language of screens: LC_ALL, LC_MESSAGES, LANG; English when none is known. */
enum language text_language(void);

/* "fr", "en", "français"…; -1 when it is neither. */
int language_parse(const char *name);

#endif
