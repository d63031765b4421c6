/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes vigie-formats(7) from the registries, in the language of the screen. */
#include <ctype.h>
#include <stdio.h>

#include "proto/proto.h"

#define DATE "November 25, 2026"

/* The page's own words; what it lists comes from the tables that alarmdecode --list prints. */
static const struct words {
	const char *wire, *languages, *named, *see;
	const char *purpose, *intro, *about_wire, *about_languages, *about_named, *tokens;
} words[] = {
	[LANG_EN] = {
		"WIRE PROTOCOLS", "EVENT LANGUAGES", "BY NAME ONLY", "SEE ALSO",
		"what is read, and how completely",
		"This page is made from the tables that\n.Ql alarmdecode --list\nprints, and lists everything that reception and\n"
		".Xr alarmdecode 1\nknow.\n"
		"Complete means that all that is public of it is read; partial is followed by what is missing.\n"
		"What is missing is never guessed: it reaches a person as text or as an event of kind\n.Ql undefined ,\nwith its account and all its digits.",
		"How signals come: from panels over IP, and from hardware receivers.\nThe name is that of the source, as in\n.Ql surgard+tcp://:1025 ,\nand of\n.Va proto\nin a record.",
		"What a payload is written in.\nThe name is that of\n.Va format\nin an event, and of\n.Ql alarmdecode --format .",
		"They are met, and nobody has made their form public.\nThey are not read; where a receiver prints them, its record is handed on with all its digits.",
		"Tokens:",
	},
	[LANG_FR] = {
		"PROTOCOLES", "LANGAGES D'ÉVÉNEMENTS", "CONNUS DE NOM SEULEMENT", "VOIR AUSSI",
		"ce qui est lu, et jusqu'où",
		"Cette page est faite des tables qu'affiche\n.Ql alarmdecode --list ,\net énumère tout ce que connaissent la réception et\n"
		".Xr alarmdecode 1 .\n"
		"Complet veut dire que tout ce qui en est public est lu ; partiel est suivi de ce qui manque.\n"
		"Ce qui manque n'est jamais deviné : une personne le reçoit en texte, ou en événement de genre\n.Ql undefined ,\navec son compte et tous ses chiffres.",
		"Comment viennent les signaux : des centrales par IP, et des récepteurs matériels.\nLe nom est celui de la source, comme dans\n.Ql surgard+tcp://:1025 ,\net celui de\n.Va proto\ndans un enregistrement.",
		"En quoi un contenu est écrit.\nLe nom est celui de\n.Va format\ndans un événement, et de\n.Ql alarmdecode --format .",
		"On les rencontre, et personne n'en a rendu la forme publique.\nIls ne sont pas lus ; quand un récepteur les imprime, son enregistrement est transmis avec tous ses chiffres.",
		"Jetons :",
	},
};

static void sentence(const char *text)
{
	printf("%c%s%s\n", toupper((unsigned char)text[0]), text + 1, text[strlen(text) - 1] == '.' ? "" : ".");
}

static void row(const char *name, const char *title, const char *coverage)
{
	printf(".It Cm %s\n", name);
	sentence(title);
	sentence(coverage);
}

static void tokens(const struct protocol *p, const struct words *w)
{
	const char *token;
	for (unsigned i = 0; p->token && (token = p->token(i)); i++)
		printf("%s%s%s", i ? " " : w->tokens, i ? "" : "\n", token);
	if (p->token)
		printf(".\n");
}

static void section(const char *title, const char *about)
{
	printf(".Sh %s\n%s\n.Bl -tag -width Ds\n", title, about);
}

int main(void)
{
	text_init("formats");
	const struct words *w = &words[text_language()];
	printf(".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n.\\\" Made by `make formats`.\n.Dd " DATE "\n.Dt VIGIE-FORMATS 7\n.Os vigie\n");
	printf(".Sh NAME\n.Nm vigie-formats\n.Nd %s\n.Sh DESCRIPTION\n%s\n", w->purpose, w->intro);
	section(w->wire, w->about_wire);
	for (const struct protocol *const *p = protocols; *p; p++) {
		row((*p)->name, _((*p)->title), _((*p)->coverage));
		tokens(*p, w);
	}
	printf(".El\n");
	section(w->languages, w->about_languages);
	for (const struct format *const *f = formats; *f; f++)
		row((*f)->name, _((*f)->title), _((*f)->coverage));
	printf(".El\n");
	section(w->named, w->about_named);
	for (const struct named *n = formats_named; n->name; n++)
		printf(".It Cm %s\n%s\n", n->name, n->title);
	printf(".El\n.Sh %s\n.Xr alarmdecode 1 ,\n.Xr alarmrecv 1 ,\n.Xr vigie-records 5 ,\n.Xr vigie 7\n", w->see);
	return 0;
}
