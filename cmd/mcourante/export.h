/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An export: which entries, in which form, where to. */
#ifndef VIGIE_MCOURANTE_EXPORT_H
#define VIGIE_MCOURANTE_EXPORT_H

#include "logbook/transcript.h"

struct export;

/* A form: functions that get the entries in their order. */
struct form {
	bool proof;	/* gets the heads of all entries and the seals, not only the entries that are wanted */
	void (*begin)(struct export *x);
	/* What is not wanted has no text and data: entry->kept is false. */
	void (*entry)(struct export *x, const struct entry *e);
	void (*seal)(struct export *x, const struct seal *s);
	void (*end)(struct export *x);
};

extern const struct form form_json, form_csv, form_text, form_bundle;

struct export {
	const struct form *form;
	struct search search;
	const char *path;	/* of the file or folder; NULL: standard output */
	const char *spool;	/* where stored files lie, NULL: they are not taken */
	bool spreadsheet;	/* CSV for programs that are set to French */
	struct output *out;	/* the one file of all forms but the folder */
	/* What was written. */
	struct transcript_end written;
	int64_t missing;	/* files that records name and that could not be taken */
	int64_t named;		/* files that records name and nobody asked for */
};

#endif
