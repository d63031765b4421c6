/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is the log what was written?  Walks all entries in order and names each
 * that was changed, removed, inserted or moved; holds the seals against them
 * and against each other.  What a chain cannot show alone, a tail that was cut
 * off or a log written anew from some entry on, a seal shows; that the
 * newest seals went with it, only a seal that was handed out.
 *
 * The entries come from the log's own file (logbook_verify) or, from what was
 * given away, one after the other: verify_entry() and verify_seal(), each seal
 * behind its entry, then verify_end(). */
#ifndef VIGIE_LOGBOOK_VERIFY_H
#define VIGIE_LOGBOOK_VERIFY_H

#include "logbook/seal.h"

enum flaw {
	FLAW_HEAD,	/* number, times, kind or hashes were changed */
	FLAW_BODY,	/* text or data were changed */
	FLAW_ERASED,	/* text and data were removed */
	FLAW_REMOVED,	/* entries `number` to `other` are not there */
	FLAW_INSERTED,	/* it was not written by the log */
	FLAW_MOVED,	/* it was written as number `other` */
	FLAW_BROKEN,	/* it does not follow the one before it: that one was replaced */
	FLAW_SEARCH,	/* what it is found by is not what its text and data say */
	FLAW_LOOSE,	/* text and data that belong to no entry */
	/* Of seals: `number` is the seal's, 0 where it is one that was handed out; `other` its entry. */
	FLAW_SEAL_CHANGED,	/* it is no seal, or its signature does not fit */
	FLAW_SEAL_KEY,		/* it is sound, and by a key that is none of the log's */
	FLAW_SEAL_LOG,		/* it is the seal of another log */
	FLAW_SEAL_FIT,		/* the entry is not the one that was sealed: the log was written anew */
	FLAW_SEAL_CUT,		/* the entry that was sealed, or that names the seal, is not there */
	FLAW_SEAL_REMOVED,	/* seals `number` to `other` are not there */
	FLAW_SEAL_INSERTED,	/* no entry names it */
	FLAW_SEAL_ORDER,	/* it does not follow the seal before it */
	FLAW_SEAL_NONE,		/* there is a key and no seal at all */
	/* Of what was given away: in `file`, NULL where there is only one. */
	FLAW_LINE,		/* line `number` is not as it was written */
	FLAW_TORN,		/* it breaks off behind line `number` */
	FLAW_FILE_CHANGED,	/* it is not what the manifest, or its name, says */
	FLAW_FILE_MISSING,
};

/* Public keys that seals may have, in the order of their use.  Without any, that of the first seal. */
struct key_ring {
	uint8_t (*key)[SIGN_KEY];
	size_t n;
};

struct verify {
	struct logbook *logbook;	/* NULL where the entries come from elsewhere */
	void (*flawed)(struct verify *v, enum flaw flaw, int64_t number, int64_t other);
	void (*progress)(struct verify *v, int64_t done, int64_t all);
	struct key_ring keys;
	struct seal *outside;	/* seals that were handed out, sorted by seals_sort() */
	size_t outsides;
	bool part;		/* the entries may begin and end anywhere, and lack seals before the first */
	/* What it has found. */
	int64_t entries, flaws;
	int64_t first, number;	/* of the oldest and newest entry */
	int64_t contents;	/* entries with text and data */
	int64_t seals, sealed;	/* how many are sound, and the newest entry that has one */
	struct hash hash;
	struct seal seal;	/* the newest */
	const char *file;
	/* internal */
	struct query *by_hash, *record;
	int64_t records;	/* entries that carry a record */
	int64_t shift;		/* how far the entries behind an insertion or removal have moved */
	struct hash before_last, log;
	struct hash seal_digest;	/* of the newest seal's text, as the entry that names it has it */
	int64_t seal_last;	/* number of the newest seal that was there or is known to be missing */
	bool seal_seen, seal_flawed;
	bool named;		/* the entry behind the newest seal has come */
	size_t outside_next;
};

/* 0 when it could walk through all of it; -1: the store says why. */
int logbook_verify(struct verify *v);

/* What `mcourante export` wrote: JSON lines, or a folder.  -1 and errno where
 * it cannot be read; v->file then names the file in the folder. */
int verify_lines(struct verify *v, int fd);
int verify_folder(struct verify *v, const char *path);

void verify_entry(struct verify *v, const struct entry *e);
/* sound: it has the form of a seal. */
void verify_seal(struct verify *v, const struct seal *s, bool sound);
void verify_end(struct verify *v);

void verify_flaw(struct verify *v, enum flaw what, int64_t number, int64_t other);

/* Of the entry that has just come: seals that were handed out are held against it, and the newest seal's name in it. */
void verify_sealed(struct verify *v, const struct entry *e);
void verify_seals_end(struct verify *v);
void seals_sort(struct seal *seals, size_t n);

#endif
